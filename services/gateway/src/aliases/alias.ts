import type { z } from 'zod'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { Answer, Operation } from '../http/operation.ts'
import type { Problem } from '../http/problems.ts'

/**
 * An address of a system that Stageline takes the place of: it asks operations of the API and tells their answers in the
 * words of that system. What may be asked, and what comes of it, is the operations' alone.
 */
export type Alias = {
  method: 'get' | 'post' | 'put'
  /** As OpenAPI writes it. */
  path: string
  /** The address that does the same here, with the same parameters: `Link: <…>; rel="canonical"`. */
  canonical: string
  /** The request carries a file, which the operation reads itself. */
  isUpload?: boolean
  /** Strangers may ask, as they may ask the canonical address. */
  isOpen?: boolean
  serve: (call: AliasCall) => Promise<Answer>
}

export type AliasCall = {
  params: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  /** Of a JSON request; members that an alias does not know are passed over, as the systems did. */
  body: Readonly<Record<string, unknown>>
  ask: (operation: Operation, parts?: Partial<AskedParts>) => Promise<Answer>
  health: GatewayDeps['health']
}
type AskedParts = { params: object; query: object; body: unknown }

/** The addresses of one system, and how it says no. */
export type AliasSource = { name: string; aliases: readonly Alias[]; refuse: (problem: Problem) => Answer }

/** The body of an answer, as its operation promises it. */
export const read = <Schema extends z.ZodType>(schema: Schema, { body }: Answer): z.output<Schema> => schema.parse(body)

/** FastAPI's way of saying no, which most of the systems had; the code and what was wrong with which member stand beside. */
export const detailed = ({ status, message, code, errors, headers, more }: Problem): Answer => ({
  status,
  body: { detail: message, error_code: code, ...(errors ? { errors } : {}), ...more },
  headers,
})

/** What the probe says, in the words of the systems: they answered 200 or 503. */
export async function healthOf(health: GatewayDeps['health']): Promise<Answer> {
  const { status, body } = await health.ready()
  return { status, body: { status: status === 200 ? 'healthy' : 'unhealthy', details: body } }
}

/** `part=a,b` where given, and nothing where not. */
export const given = (parts: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== null))
