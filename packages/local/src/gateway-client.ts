import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

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

const PATIENCE_MS = 30_000

/** Every call may be repeated (submitting has its key), so a gateway that is being started again is waited for. */
export function gatewayClient(url: string, key: string, signal?: AbortSignal): GatewayClient {
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = { authorization: `Bearer ${key}`, ...init.headers }
    for (const deadline = performance.now() + PATIENCE_MS; ; await delay(500)) {
      const answer = await tryOnce(`${url}${path}`, { ...init, headers }, signal)
      if (answer && answer.status !== 503) return answer
      if (performance.now() > deadline) throw new Error(`The gateway at ${url} does not answer`)
    }
  }
  return {
    url,
    accepts: async () => (await ask('/v1/jobs?limit=1')).status === 200,
    get: (path) => ask(path),
    submit: async (submission) => ask(...(await requestFor(submission))),
  }
}

async function tryOnce(url: string, init: RequestInit, signal?: AbortSignal): Promise<Answer | undefined> {
  const limit = AbortSignal.timeout(60_000)
  try {
    const response = await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, limit]) : limit })
    return { status: response.status, body: parseJson(await response.text()) }
  } catch {
    signal?.throwIfAborted()
    return undefined
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
