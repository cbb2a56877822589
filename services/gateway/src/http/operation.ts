import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import type { GatewayDeps } from '../gateway-deps.ts'
import { identityOf, type Identity } from '../guard/identity.ts'
import { refuseUnstorable } from './check-json.ts'
import { parseWith } from './parse-with.ts'
import { unknownResource, type ProblemCode } from './problems.ts'
import { readJsonBody } from './read-json-body.ts'

/**
 * One operation of the HTTP surface as data: the very schemas that check a request also make the OpenAPI document, and
 * its examples are executed by a test.
 */
export type Operation = {
  id: string
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** As OpenAPI writes it: `/v1/jobs/{id}:cancel`. */
  path: string
  tag: Tag
  summary: string
  description?: string
  params?: z.ZodObject
  query?: z.ZodObject
  headers?: z.ZodObject
  body?: RequestBody
  answers: Readonly<Record<number, AnswerShape>>
  problems: readonly ProblemCode[]
  examples: readonly Example[]
  serve: (deps: GatewayDeps) => RequestHandler
  /** For addresses of other systems: a request that was put together elsewhere, checked by the same schemas. */
  answer: (asked: Asked, context: Context) => Promise<Answer | void>
}

/** The parts of a request, not checked yet. */
export type Asked = { params: unknown; query: object; body: () => Promise<unknown> }
export type Context = { who: Identity; request: Request; response: Response; deps: GatewayDeps }

type Tag =
  | 'Jobs'
  | 'Documents'
  | 'Batches'
  | 'Tasks'
  | 'Plans'
  | 'SLA'
  | 'Triggers'
  | 'Alerts'
  | 'Webhooks'
  | 'Stages'
  | 'Workflows'
  | 'Policies'
  | 'Sources'
  | 'Catalog'
  | 'Events'
  | 'Views'
  | 'System'

type RequestBody = {
  /** `json` is read and checked before `handle`; the others are streams that `handle` reads. */
  type: 'application/json' | 'application/x-ndjson' | 'multipart/form-data'
  schema: z.ZodType
  optional?: boolean
}

export type AnswerShape = {
  description: string
  /** Without a schema the answer is empty or a stream of the type. */
  schema?: z.ZodType
  type?: string
  headers?: Readonly<Record<string, string>>
}

export type Example = {
  name: string
  params?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  /** JSON; the text of a stream of lines; or the parts of a form, the file as `{ name, content }`. */
  body?: unknown
  status: number
}

/** What a handler answers with. A handler that has written the response itself answers nothing. */
export type Answer = { status: number; body?: unknown; headers?: Readonly<Record<string, string>> }

export type Call<P, Q, B> = {
  params: P
  query: Q
  body: B
  who: Identity
  request: Request
  response: Response
  deps: GatewayDeps
}

type Spec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> = Omit<
  Operation,
  'serve' | 'answer' | 'params' | 'query' | 'body'
> & {
  params?: P
  query?: Q
  body?: RequestBody & { schema: B }
  handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer | void>
}

const NONE = z.strictObject({})

export function operation<
  P extends z.ZodObject = typeof NONE,
  Q extends z.ZodObject = typeof NONE,
  B extends z.ZodType = z.ZodUndefined,
>(spec: Spec<P, Q, B>): Operation {
  const { handle, ...about } = spec
  const answer = async (asked: Asked, context: Context) => {
    const params = parseParams(spec.params ?? NONE, asked.params)
    refuseUnstorable({ query: asked.query })
    const query = parseWith(spec.query ?? NONE, { ...asked.query }, 'query')
    const body = await parseBody(spec.body, asked.body)
    // The schemas were chosen with the handler's types above: this is where unknown input becomes typed.
    const call = { params, query, body, ...context } as Call<z.output<P>, z.output<Q>, z.output<B>>
    return handle(call)
  }
  const serve =
    (deps: GatewayDeps): RequestHandler =>
    async (request, response) => {
      const body = () => readJsonBody(request, response)
      const asked = { params: { ...request.params }, query: request.query, body }
      const answered = await answer(asked, { who: identityOf(response), request, response, deps })
      if (answered) send(response, answered)
    }
  return { ...about, serve, answer }
}

/** An id that cannot be one is answered like an id that nobody has. */
function parseParams(schema: z.ZodObject, params: unknown): unknown {
  const parsed = schema.safeParse(params)
  if (!parsed.success) throw unknownResource()
  return parsed.data
}

async function parseBody(body: RequestBody | undefined, read: Asked['body']): Promise<unknown> {
  if (body?.type !== 'application/json') return undefined
  const value = await read()
  return parseWith(body.schema, value === undefined && body.optional ? {} : value)
}

export function send(response: Response, { status, body, headers = {} }: Answer): void {
  response.status(status).set(headers)
  if (body === undefined) response.end()
  else response.json(body)
}
