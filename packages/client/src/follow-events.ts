import { setTimeout as delay } from 'node:timers/promises'
import { ApiProblem, requireSuccess } from './api-problem.ts'
import type { Transport } from './create-client.ts'
import { textLines } from './text-lines.ts'

/** One entry of a job's history, without its output. */
export type JobEvent = {
  /** Where to go on from: `after`. */
  cursor: string
  event: string
  jobId: string
  workflow: string
  /** W3C, of the request that submitted the job. */
  traceparent: string | null
  /** `X-Correlation-Id` of that request. */
  correlationId: string | null
  seq: number
  step: string | null
  stage: string | null
  jobFrom: string
  jobTo: string
  actor: string
}

export type EventWish = { job?: string; batch?: string; bulkAction?: string; after?: string; signal?: AbortSignal }

const PAUSE_MS = 1000

/** Reads the stream and, when it breaks, goes on behind the last event that came. */
export async function* followEvents(
  transport: Transport,
  { signal, after, ...only }: EventWish = {},
): AsyncGenerator<JobEvent> {
  const isStopped = (): boolean => signal?.aborted === true
  let last = after
  while (!isStopped()) {
    try {
      for await (const { id, event, data } of connect(transport, only, last, signal)) {
        last = id ?? last
        if (event !== 'mark' && last !== undefined) yield { ...JSON.parse(data), cursor: last, event }
      }
    } catch (error) {
      if (error instanceof ApiProblem && error.status < 500 && error.status !== 429) throw error
      if (isStopped()) return
    }
    await delay(PAUSE_MS, undefined, signal ? { signal } : {}).catch(() => {})
  }
}

type Frame = { id: string | undefined; event: string; data: string }

async function* connect(
  { url, headers, send }: Transport,
  only: Record<string, string>,
  last: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Frame> {
  const more = last === undefined ? {} : { 'Last-Event-ID': last }
  const address = `${url}/v1/events?${new URLSearchParams(only).toString()}`
  const { body } = await requireSuccess(
    await send(address, { headers: { ...headers, ...more }, ...(signal ? { signal } : {}) }),
  )
  if (!body) return
  let fields = new Map<string, string>()
  for await (const line of textLines(body)) {
    const [, name = '', value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? []
    if (name !== '') fields.set(name, value)
    if (line !== '') continue
    const data = fields.get('data')
    if (data !== undefined) yield { id: fields.get('id'), event: fields.get('event') ?? 'message', data }
    fields = new Map()
  }
}
