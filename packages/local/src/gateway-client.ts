import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

/** The gateway's HTTP surface, as far as a local start needs it. */
export type GatewayClient = {
  url: string
  /** Whether the key is one that the gateway knows. */
  accepts(): Promise<boolean>
  submit(submission: Submission): Promise<Answer>
  get(path: string): Promise<Answer>
}

export type Submission = {
  workflow: string
  idempotencyKey: string
  /** Path of a document … */
  file?: string
  /** … or a record. */
  record?: unknown
  priority?: number | undefined
}

export type Answer = { status: number; body: unknown }

export function gatewayClient(url: string, key: string, signal?: AbortSignal): GatewayClient {
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = { authorization: `Bearer ${key}`, ...init.headers }
    const limit = AbortSignal.timeout(60_000)
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    return { status: response.status, body: parseJson(await response.text()) }
  }
  return {
    url,
    accepts: async () => (await ask('/v1/jobs?limit=1')).status === 200,
    get: (path) => ask(path),
    submit: async (submission) => ask(...(await requestFor(submission))),
  }
}

async function requestFor({
  workflow,
  idempotencyKey,
  file,
  record,
  priority,
}: Submission): Promise<[string, RequestInit]> {
  const headers = { 'idempotency-key': idempotencyKey }
  if (file !== undefined) {
    const body = new FormData()
    body.append('workflow', workflow)
    body.append('file', new Blob([await readFile(file)]), basename(file))
    return ['/v1/documents', { method: 'POST', headers, body }]
  }
  const body = JSON.stringify({ workflow, input: { record }, ...(priority === undefined ? {} : { priority }) })
  return ['/v1/jobs', { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body }]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
