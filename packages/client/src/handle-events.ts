import type { EventWish, JobEvent } from './follow-events.ts'

/** May take its time: the next event waits for it. */
export type EventHandler = (event: JobEvent) => unknown

export type HandlingOptions = EventWish & {
  /** Told of what a handler throws. The next event is handled all the same; to end the handling, throw here. */
  onError: (error: unknown, event: JobEvent) => void
}

/** Hands over one event after the other, whatever becomes of those before. */
export async function handleEvents(
  events: AsyncIterable<JobEvent>,
  handler: EventHandler,
  { onError, signal }: Pick<HandlingOptions, 'onError' | 'signal'>,
): Promise<void> {
  for await (const event of events) {
    try {
      await handler(event)
    } catch (error) {
      onError(error, event)
    }
    if (signal?.aborted) return
  }
}
