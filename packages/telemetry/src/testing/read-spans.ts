/** A span as a collector gets it, with the attributes of its service. */
export type ReceivedSpan = {
  service: string
  traceId: string
  spanId: string
  parentSpanId: string
  name: string
  /** 2 server, 5 consumer. */
  kind: number
  attributes: Record<string, string | number>
  /** 2 error. */
  statusCode: number
}

type Field = { number: number; bytes: Buffer; value: number }

/**
 * Reads the parts of an OTLP `ExportTraceServiceRequest` that tests look at. The field numbers are those of
 * opentelemetry-proto 1.x, `trace.proto`, `resource.proto` and `common.proto`.
 */
export function readSpans(body: Buffer): ReceivedSpan[] {
  return all(body, 1).flatMap((resourceSpans) => {
    const resource = attributesOf(all(resourceSpans, 1)[0] ?? Buffer.alloc(0), 1)
    const spans = all(resourceSpans, 2).flatMap((scopeSpans) => all(scopeSpans, 2))
    return spans.map((span) => ({ service: String(resource['service.name']), ...readSpan(span) }))
  })
}

function readSpan(span: Buffer): Omit<ReceivedSpan, 'service'> {
  const hex = (number: number) => all(span, number)[0]?.toString('hex') ?? ''
  return {
    traceId: hex(1),
    spanId: hex(2),
    parentSpanId: hex(4),
    name: String(all(span, 5)[0]),
    kind: numberOf(span, 6),
    attributes: attributesOf(span, 9),
    statusCode: numberOf(all(span, 15)[0] ?? Buffer.alloc(0), 3),
  }
}

function attributesOf(message: Buffer, number: number): Record<string, string | number> {
  return Object.fromEntries(
    all(message, number).map((pair) => {
      const value = all(pair, 2)[0] ?? Buffer.alloc(0)
      return [String(all(pair, 1)[0]), all(value, 1)[0]?.toString() ?? numberOf(value, 3)]
    }),
  )
}

const all = (message: Buffer, number: number): Buffer[] =>
  [...fields(message)].filter((field) => field.number === number).map(({ bytes }) => bytes)

const numberOf = (message: Buffer, number: number): number =>
  [...fields(message)].find((field) => field.number === number)?.value ?? 0

function* fields(message: Buffer): Generator<Field> {
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = message.readUInt8(at++)
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const wire = tag & 7
    const value = wire === 0 ? varint() : 0
    const length = wire === 2 ? varint() : wire === 1 ? 8 : wire === 5 ? 4 : 0
    yield { number: tag >>> 3, value, bytes: message.subarray(at, at + length) }
    at += length
  }
}
