import type { Attributes, Span } from '@opentelemetry/api'
import type { ErrorLine } from './describe-error.ts'
import { openTelemetry } from './load-open-telemetry.ts'
import { ATTRIBUTES } from './names.ts'

/** Closes a span; an error shows as status and `error.type`, never as a recorded exception, which would hold its text. */
export function endSpan(
  span: Span | null,
  { error, attributes }: { error: ErrorLine | undefined; attributes: Attributes },
): void {
  if (!span) return
  span.setAttributes(attributes)
  if (error) {
    const { SpanStatusCode } = openTelemetry.api()
    span.setAttribute(ATTRIBUTES.errorType, error.code)
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message ?? error.code })
  }
  span.end()
}
