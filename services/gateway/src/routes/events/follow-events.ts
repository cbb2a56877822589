import { setTimeout as delay } from 'node:timers/promises'
import type { EventView, RecordReader } from '@stageline/engine/ports'
import type { EventStream } from './event-stream.ts'

export type EventWish = { tenantId: string; after: string; jobId?: string; batchId?: string; bulkActionId?: string }

const PAGE = 200

/**
 * Reads the history as it is committed and passes on what was asked for, until the reader goes away. Nothing is
 * skipped and nothing comes twice: the cursor is the place in the history, whoever reads.
 */
export async function followEvents(
  stream: EventStream,
  reader: RecordReader,
  wish: EventWish,
  pollMs: number,
): Promise<void> {
  const { signal } = stream.closed
  const isWanted = createFilter(reader, wish)
  let after = wish.after
  while (!signal.aborted) {
    const { events, cursor } = await reader.events(wish.tenantId, after, PAGE)
    let isTold = true
    for (const event of events) {
      isTold = await isWanted(event)
      if (isTold) stream.send(event)
    }
    if (!isTold) stream.mark(cursor)
    after = cursor
    if (events.length < PAGE || stream.isBlocked) await delay(pollMs, undefined, { signal }).catch(() => {})
  }
}

function createFilter(
  reader: RecordReader,
  { tenantId, jobId, batchId, bulkActionId }: EventWish,
): (event: EventView) => Promise<boolean> {
  if (jobId !== undefined) return async (event) => event.jobId === jobId
  if (bulkActionId !== undefined) return async ({ entry }) => partOf(entry.data) === bulkActionId
  if (batchId === undefined) return async () => true
  const batches = new Map<string, string | null>()
  return async (event) => {
    const known = batches.get(event.jobId)
    const batch = known === undefined ? ((await reader.job(tenantId, event.jobId))?.batchId ?? null) : known
    if (batches.size > 20_000) batches.clear()
    batches.set(event.jobId, batch)
    return batch === batchId
  }
}

/** The bulk action that an entry is part of. */
const partOf = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && 'bulkAction' in data ? data.bulkAction : undefined
