import type { Span, SpanContext } from '@opentelemetry/api'
import { AsyncLocalStorage } from 'node:async_hooks'

/** What a piece of work knows of the trace that it belongs to. */
export type TraceScope = { traceparent: string | null; traceId: string | null; span: Span | null }

/**
 * The trace of the work in hand, one per process. Of our own rather than OpenTelemetry's global context, so that lines
 * carry the trace of their job also where no collector is configured and no SDK is loaded.
 */
export class TraceContext {
  readonly #current = new AsyncLocalStorage<TraceScope>()

  get(): TraceScope {
    return this.#current.getStore() ?? NOWHERE
  }

  run<Result>(scope: TraceScope, work: () => Result): Result {
    // What is traced nowhere is run as it is, unless it is a part of something that is traced.
    return scope === NOWHERE && this.#current.getStore() === undefined ? work() : this.#current.run(scope, work)
  }
}

/** Of work that nobody traces. */
export const NOWHERE: TraceScope = { traceparent: null, traceId: null, span: null }

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/

/** Reads a W3C Trace Context level 1 `traceparent`; `null` for anything that is not one of version 00. */
export function parseTraceparent(text: string | null | undefined): SpanContext | null {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text ?? '') ?? []
  if (!traceId || !spanId || !flags) return null
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}

/** The same in writing: `00-<trace id>-<span id>-<flags>`. */
export const formatTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
