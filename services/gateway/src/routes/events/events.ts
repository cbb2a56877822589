import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { Problem } from '../../http/problems.ts'
import { EventStream } from './event-stream.ts'
import { followEvents } from './follow-events.ts'

const openStreams = new WeakMap<object, Map<string, number>>()

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
    const stop = (): void => stream.finish()
    stopping?.addEventListener('abort', stop, { once: true })
    const wish = { tenantId: who.tenantId, after }
    const only = {
      ...(query.job === undefined ? {} : { jobId: query.job }),
      ...(query.batch === undefined ? {} : { batchId: query.batch }),
      ...(query.bulkAction === undefined ? {} : { bulkActionId: query.bulkAction }),
    }
    await followEvents(stream, reader, { ...wish, ...only }, settings.eventPollMs).finally(() => {
      stopping?.removeEventListener('abort', stop)
      if (stopping?.aborted !== true) stream.end()
    })
  },
})

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
