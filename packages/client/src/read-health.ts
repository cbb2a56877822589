import { ApiProblem } from './api-problem.ts'
import type { Transport } from './create-client.ts'

/** How a line says that it is: `warn` still works, `fail` takes nothing. */
export type Health = {
  status: 'pass' | 'warn' | 'fail'
  /** Which parts are missing, in a sentence. */
  reason?: string
  checks?: Record<string, { status: string; output?: string }>
}

/** A line that is not ready answers 503 with the same body: that is no failure of asking. */
export async function readHealth({ url, headers, send }: Transport): Promise<Health> {
  const response = await send(`${url}/health/ready`, { headers })
  const body: unknown = await response.json().catch(() => undefined)
  if (isHealth(body)) return body
  throw new ApiProblem(response, body)
}

const isHealth = (body: unknown): body is Health =>
  typeof body === 'object' && body !== null && 'status' in body && /^(pass|warn|fail)$/.test(String(body.status))
