import { Router, type Request, type RequestHandler, type Response } from 'express'
import type { GatewayDeps } from '../gateway-deps.ts'
import { identityOf } from '../guard/identity.ts'
import { refuseUnstorable } from '../http/check-json.ts'
import { expressPath, refuseMethod } from '../http/mount-operations.ts'
import { send, type Answer, type Operation } from '../http/operation.ts'
import { Problem, unknownResource } from '../http/problems.ts'
import { readJsonBody } from '../http/read-json-body.ts'
import { toProblem } from '../http/to-problem.ts'
import type { Alias, AliasCall, AliasSource } from './alias.ts'

/** Makes a router of the addresses of other systems: each answers, and refuses, as its system did. */
export function mountAliases(sources: readonly AliasSource[], deps: GatewayDeps): Router {
  const router = Router({ caseSensitive: true })
  for (const source of sources) {
    for (const path of new Set(source.aliases.map((alias) => alias.path))) {
      const here = source.aliases.filter((alias) => alias.path === path)
      const route = router.route(expressPath(path))
      for (const alias of here) route[alias.method](serve(alias, source, deps))
      route.all(refuseMethod(here.map(({ method }) => method.toUpperCase())))
    }
  }
  return router
}

const serve =
  (alias: Alias, source: AliasSource, deps: GatewayDeps): RequestHandler =>
  async (request, response) => {
    const params = textsOf(request.params)
    response.append('Link', `<${canonicalOf(alias, params)}>; rel="canonical"`)
    try {
      const call = await callOf(alias, params, { request, response, deps })
      send(response, await alias.serve(call))
    } catch (error) {
      const problem = toProblem(error)
      // What is our own fault is told and logged in one place.
      if (problem.code === 'internal.error') throw error
      send(response, source.refuse(problem))
    }
  }

type Context = { request: Request; response: Response; deps: GatewayDeps }

async function callOf(alias: Alias, params: Record<string, string>, context: Context): Promise<AliasCall> {
  const { request, response, deps } = context
  if (!alias.isOpen) identityOf(response)
  refuseUnstorable({ query: request.query })
  const ask: AliasCall['ask'] = (operation, parts) => askAs(operation, parts ?? {}, context)
  const body = alias.method === 'get' || alias.isUpload ? {} : await readMembers(request, response)
  return { params, query: textsOf(request.query), body, ask, health: deps.health }
}

async function askAs(
  operation: Operation,
  { params = {}, query = {}, body }: { params?: object; query?: object; body?: unknown },
  context: Context,
): Promise<Answer> {
  const asked = { params, query, body: async () => body }
  const answer = await operation.answer(asked, { ...context, who: identityOf(context.response) })
  if (!answer) throw unknownResource()
  return answer
}

async function readMembers(request: Request, response: Response): Promise<Record<string, unknown>> {
  const body = (await readJsonBody(request, response)) ?? {}
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  throw new Problem('request.invalid', 'Send a JSON object.')
}

/** Of a parameter that comes twice nothing is kept but the first. */
const textsOf = (values: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, string][] => {
      const first: unknown = Array.isArray(value) ? value[0] : value
      return typeof first === 'string' ? [[name, first]] : []
    }),
  )

const canonicalOf = ({ canonical }: Alias, params: Readonly<Record<string, string>>): string =>
  canonical.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
