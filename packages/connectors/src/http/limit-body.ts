import { DataError } from '@stageline/domain'

/**
 * The body as it comes, ended by an error as soon as more than `maxBytes` have come; the connection is closed then.
 *
 * @param explain makes what the engine understands of whatever broke the body
 */
export function limitBody(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, origin, explain }: { maxBytes: number; origin: string; explain: (thrown: unknown) => unknown },
): ReadableStream<Uint8Array> {
  return ReadableStream.from<Uint8Array>(limited())

  async function* limited(): AsyncGenerator<Uint8Array> {
    let bytes = 0
    try {
      for await (const chunk of body) {
        bytes += chunk.byteLength
        if (bytes > maxBytes) throw tooLarge(origin, maxBytes)
        yield chunk
      }
    } catch (error) {
      throw explain(error)
    }
  }
}

export const tooLarge = (origin: string, maxBytes: number) =>
  new DataError('outbound.answer_too_large', `The answer of ${origin} is larger than ${maxBytes} bytes`)
