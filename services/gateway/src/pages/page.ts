import { urlencoded, type Request, type RequestHandler, type Response } from 'express'
import type { GatewayDeps } from '../gateway-deps.ts'
import { knownIdentity, type Identity } from '../guard/identity.ts'
import { toProblem } from '../http/to-problem.ts'
import type { Html } from './html.ts'
import { failurePage } from './problem-page.ts'

export type Visit = {
  deps: GatewayDeps
  who: Identity
  request: Request
  response: Response
  form: Readonly<Record<string, string>>
}

/** A page, or where to go next. */
export type Shown = { page: Html; status?: number } | { goTo: string }

export type PageRoute = {
  method: 'get' | 'post'
  path: string
  /** Served to strangers too. */
  open?: boolean
  /** `upload` leaves the body to the handler. */
  body?: 'form' | 'upload'
  show: (visit: Visit) => Promise<Shown>
}

const readForm = urlencoded({ extended: false, limit: '1mb', parameterLimit: 500, inflate: false })

/** Serves one page: strangers are sent to sign in, failures are shown as a page. */
export const servePage =
  (route: PageRoute, deps: GatewayDeps): RequestHandler =>
  async (request, response) => {
    const who = knownIdentity(response)
    if (!who && !route.open)
      return response.redirect(
        303,
        `/sign-in?to=${encodeURIComponent(request.method === 'GET' ? request.originalUrl : '/')}`,
      )
    try {
      if (route.body === 'form') await formOf(request, response)
      const visitor = who ?? { tenantId: '', actor: '', by: 'cookie' as const }
      answer(response, await route.show({ deps, who: visitor, request, response, form: textMembers(request.body) }))
    } catch (error) {
      const problem = toProblem(error)
      if (problem.status >= 500)
        deps.log.error({ code: problem.code, path: request.path, err: problem.cause ?? problem }, 'page failed')
      response.set(problem.headers)
      answer(response, { page: failurePage(problem, who), status: problem.status })
    }
  }

function answer(response: Response, shown: Shown): void {
  response.set('Cache-Control', 'no-store')
  if ('goTo' in shown) response.redirect(303, shown.goTo)
  else
    response
      .status(shown.status ?? 200)
      .type('html')
      .send(shown.page.toString())
}

const formOf = (request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) =>
    readForm(request, response, (error?: unknown) => (error ? reject(error) : resolve())),
  )

function textMembers(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(
    Object.entries(body).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
}
