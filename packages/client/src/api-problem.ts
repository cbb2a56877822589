type ProblemDocument = {
  code?: string
  title?: string
  detail?: string
  traceId?: string
  errors?: { pointer: string; detail: string }[]
}

/** An answer that is not a success, as RFC 9457 tells it. Programs decide by `code`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | undefined
  readonly errors: readonly { pointer: string; detail: string }[]
  readonly traceId: string | undefined
  /** After how many seconds a repetition makes sense, where the server says so. */
  readonly retryAfterS: number | undefined

  constructor(response: Response, body: unknown) {
    // What is missing in a foreign answer (a proxy's error page) is filled from the status.
    const problem: ProblemDocument = typeof body === 'object' && body !== null ? body : {}
    const title = problem.title ?? response.statusText
    super(`${response.status} ${title}${problem.detail ? `: ${problem.detail}` : ''}`)
    this.status = response.status
    this.title = title
    this.detail = problem.detail
    this.code = problem.code ?? 'http.unexpected'
    this.errors = problem.errors ?? []
    this.traceId = problem.traceId
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
    this.retryAfterS = Number.isFinite(retryAfter) ? retryAfter : undefined
  }
}

/** @throws ApiProblem unless the answer is a success */
export async function requireSuccess(response: Response): Promise<Response> {
  if (response.ok) return response
  throw new ApiProblem(response, await response.json().catch(() => undefined))
}
