import type { Belonging } from './ports/index.ts'

/** What is known of it; undefined where nothing is. */
export function belongingOf({ traceparent, correlationId }: Record<keyof Belonging, string | null>) {
  if (traceparent === null && correlationId === null) return undefined
  const belonging: Belonging = {
    ...(traceparent === null ? {} : { traceparent }),
    ...(correlationId === null ? {} : { correlationId }),
  }
  return belonging
}
