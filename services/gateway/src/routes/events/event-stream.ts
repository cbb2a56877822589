import type { Response } from 'express'
import type { EventView } from '@stageline/engine/ports'

/** How long a reader may leave what was sent to it unread before it is dropped. */
const SLOW_MS = 10_000

/** How long a reader has for what is left when its stream ends. */
const FINISH_MS = 1_000

/** One answer as a stream of server-sent events (WHATWG HTML, 9.2). */
export class EventStream {
  readonly #response: Response
  readonly #heartbeat: NodeJS.Timeout
  readonly closed = new AbortController()
  #blockedSince: number | undefined

  constructor(response: Response, heartbeatMs: number) {
    this.#response = response
    response
      .status(200)
      .set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
    response.flushHeaders()
    response.on('close', () => this.end())
    response.on('drain', () => (this.#blockedSince = undefined))
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), heartbeatMs)
    this.#write('retry: 2000\n\n')
  }

  /** Outputs stay behind: an event says what happened, `GET /v1/jobs/{id}` says the rest. */
  send({ cursor, jobId, workflow, traceparent, correlationId, entry }: EventView): void {
    const { data: _data, failure, ...told } = entry
    const thin = {
      jobId,
      workflow,
      traceparent,
      correlationId,
      ...told,
      failure: failure && { kind: failure.kind, code: failure.code, message: failure.message },
    }
    this.#write(`id: ${cursor}\nevent: ${entry.event}\ndata: ${JSON.stringify(thin)}\n\n`)
  }

  /** Lets a reader that asked for few events know how far it has got. */
  mark(cursor: string): void {
    this.#write(`id: ${cursor}\nevent: mark\ndata: {}\n\n`)
  }

  /** Ends in order: the reader comes back within a second, and goes on behind what it has seen. */
  finish(): void {
    this.#write('retry: 500\n\n')
    clearInterval(this.#heartbeat)
    this.closed.abort()
    this.#response.end()
    setTimeout(() => this.#response.destroy(), FINISH_MS).unref()
  }

  end(): void {
    clearInterval(this.#heartbeat)
    this.closed.abort()
    this.#response.destroy()
  }

  #write(text: string): void {
    if (this.closed.signal.aborted) return
    if (this.#blockedSince !== undefined && performance.now() - this.#blockedSince > SLOW_MS) return this.end()
    if (!this.#response.write(text)) this.#blockedSince ??= performance.now()
  }

  /** True while the reader has not taken what was sent. */
  get isBlocked(): boolean {
    return this.#blockedSince !== undefined
  }
}
