import { TransientError } from '@stageline/domain'
import type { Answer } from '../http/outbound.ts'

/** @throws TransientError `outbound.malformed_answer` */
export function readJson({ text, url }: Answer): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed(url, cause)
  }
}

export const malformed = (url: string, cause?: unknown) =>
  new TransientError('outbound.malformed_answer', `${new URL(url).origin} answered in another form`, { cause })

/** What a JSON pointer (RFC 6901) leads to; undefined where it leads nowhere. */
export function valueAt(tree: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1)
  return steps.reduce<unknown>((at, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    return typeof at === 'object' && at !== null && Object.hasOwn(at, name)
      ? (at as Record<string, unknown>)[name]
      : undefined
  }, tree)
}
