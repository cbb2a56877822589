import { isWanted, type EventFeed, type Wish } from './event-feed.ts'
import type { EventStream } from './event-stream.ts'

/**
 * Reads what has happened behind a place, then hears of the rest as it is committed, and passes on what was asked for,
 * until the reader goes away. Nothing is skipped and nothing comes twice: the cursor is the place in the history,
 * whoever reads.
 */
export async function followEvents(
  stream: EventStream,
  feed: EventFeed,
  { after: from, ...wish }: Wish & { after: string },
): Promise<void> {
  const { signal } = stream.closed
  using _use = await feed.use()
  const listener = {
    wish,
    signal,
    tell: stream.send.bind(stream),
    mark: stream.mark.bind(stream),
    get isBlocked() {
      return stream.isBlocked
    },
  }
  let after = from
  while (!signal.aborted) {
    after = (await feed.listen(listener, after)) ?? (await passOn(stream, feed, { wish, after }))
    while (stream.isBlocked && !signal.aborted) await feed.pause(signal)
  }
}

/** One page of the past. @returns where it ends */
async function passOn(
  stream: EventStream,
  feed: EventFeed,
  { wish, after }: { wish: Wish; after: string },
): Promise<string> {
  const { events, cursor } = await feed.read(after)
  const wanted = events.filter((event) => isWanted(wish, event))
  for (const event of wanted) stream.send(event)
  if (events.length > 0 && wanted.at(-1) !== events.at(-1)) stream.mark(cursor)
  return cursor
}
