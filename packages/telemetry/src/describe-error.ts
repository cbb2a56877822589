import type { ErrorKind, Failure } from '@stageline/domain'
import { ERROR_KINDS, StagelineError } from '@stageline/domain'
import { withoutSecrets } from './without-secrets.ts'

/** What a log line or span says of an error. */
export type ErrorLine = { kind?: ErrorKind; code: string; name?: string; message?: string; frames?: string[] }

/**
 * Messages of these kinds speak of the document, or come from code that nobody here wrote and that quotes what it was
 * given: they stand in the job's history, which is guarded, and never in a log.
 */
const MAY_QUOTE: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['data', 'unknown'])
/** V8 keeps ten frames; the nearest six say where. */
const FRAMES_KEPT = 10
const FRAMES = 6

/** The failure of a step: kind, code, and what is free of content; `details` never. */
export function describeFailure({ kind, code, message, stack }: Failure): ErrorLine {
  if (!MAY_QUOTE.has(kind)) return { kind, code, message: withoutSecrets(message) }
  const frames = kind === 'unknown' ? framesOf(stack) : []
  return { kind, code, ...(frames.length > 0 ? { frames } : {}) }
}

/**
 * A failure, or an error from outside the steps. People need its message; what stands between the first double quote and
 * the last, which parsers and databases copy from their input, is left out, as are credentials.
 */
export function describeError(error: unknown): ErrorLine {
  if (error instanceof StagelineError || isFailure(error)) return describeFailure(error)
  if (!(error instanceof Error)) return { code: 'not_an_error', name: typeof error }
  const { name, message, stack } = error
  const quoteFree = withoutSecrets(message.replace(/".*"|".*$/s, '"…"'))
  return { code: codeOf(error), name, message: quoteFree, frames: framesOf(stack) }
}

function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null || value instanceof Error) return false
  const { kind, code, message } = value as Partial<Record<keyof Failure, unknown>>
  return ERROR_KINDS.some((known) => known === kind) && typeof code === 'string' && typeof message === 'string'
}

function codeOf(error: Error): string {
  const { code } = error as Error & { code?: unknown }
  return typeof code === 'string' || typeof code === 'number' ? String(code) : 'none'
}

/** The message, which stands first in a stack, may itself look like anything: only lines of its usual form are taken. */
function framesOf(stack: string | undefined): string[] {
  const lines = (stack ?? '').split('\n').map((line) => line.trim())
  return lines
    .filter((line) => /^at [^"]*:\d+:\d+\)?$/.test(line))
    .slice(-FRAMES_KEPT)
    .slice(0, FRAMES)
}
