import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { Problem } from '../../http/problems.ts'
import type { GatewayDeps } from '../../gateway-deps.ts'
import { EventFeed } from './event-feed.ts'
import { EventStream } from './event-stream.ts'
import { followEvents } from './follow-events.ts'

const openStreams = new WeakMap<object, Map<string, number>>()
const feeds = new WeakMap<object, Map<string, EventFeed>>()

export const streamEvents = operation({
  id: 'streamEvents',
  method: 'get',
  path: '/v1/events',
  tag: 'Events',
  summary: 'Follow what happens to jobs, as server-sent events',
  description:
    'Each event is an entry of a job’s history without its output. `Last-Event-ID` goes on exactly behind that event; `after` does the same. Without either it begins with the present.',
  query: z.strictObject({
    job: Id.optional(),
    batch: Id.optional(),
    bulkAction: Id.optional().meta({ description: 'Only what is done to jobs as part of this bulk action' }),
    after: z.string().max(500).optional().meta({ description: 'Cursor of the last event that was seen' }),
  }),
  headers: z.object({ 'Last-Event-ID': z.string().optional() }),
  answers: { 200: { description: 'A stream that does not end', type: 'text/event-stream' } },
  problems: ['request.invalid', 'request.bad_cursor', 'limit.streams'],
  examples: [],
  handle: async ({ query, who, request, response, deps }) => {
    const { reader, settings, stopping } = deps
    const given = request.get('last-event-id') ?? query.after
    // A place that is none has to be refused while there is still a status to refuse it with.
    if (given !== undefined) await reader.events(who.tenantId, given, 1)
    const after = given ?? (await reader.presentCursor(who.tenantId))
    const release = takeStream(deps, who.tenantId, settings.maxStreamsPerTenant)
    response.once('close', release)
    const stream = new EventStream(response, settings.heartbeatMs)
    // Cut off before the first event it goes on here, and not with a later present.
    if (given === undefined) stream.mark(after)
    const stop = (): void => stream.finish()
    stopping?.addEventListener('abort', stop, { once: true })
    const wish = { after, jobId: query.job, bulkActionId: query.bulkAction, batchId: query.batch }
    await followEvents(stream, feedOf(deps, who.tenantId), wish).finally(() => {
      stopping?.removeEventListener('abort', stop)
      if (stopping?.aborted !== true) stream.end()
    })
  },
})

/** One reading of the record for all streams of a tenant. */
function feedOf(deps: GatewayDeps, tenantId: string): EventFeed {
  const known = feeds.get(deps) ?? new Map<string, EventFeed>()
  feeds.set(deps, known)
  const feed = known.get(tenantId) ?? new EventFeed(deps.reader, tenantId, deps.settings.eventPollMs)
  known.set(tenantId, feed)
  return feed
}

/** @throws Problem `limit.streams` */
function takeStream(deps: object, tenantId: string, most: number): () => void {
  const open = openStreams.get(deps) ?? new Map<string, number>()
  openStreams.set(deps, open)
  const count = open.get(tenantId) ?? 0
  if (count >= most)
    throw new Problem('limit.streams', `${most} streams are open.`, { headers: { 'Retry-After': '10' } })
  open.set(tenantId, count + 1)
  return () => void open.set(tenantId, (open.get(tenantId) ?? 1) - 1)
}
