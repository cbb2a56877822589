import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { partRecord, query, submitMany, untilBatchEnds, type Line } from './line.ts'

type Event = { id: string; jobId: string; seq: number }

describe('the stream of events', () => {
  let line: Line
  before(async () => void (line = await startLine()))
  after(() => line?.[Symbol.asyncDispose]())

  /** Opens a stream; what is read from it ends with a cut connection, in the middle of what was sent. */
  async function follow(lastId?: string): Promise<(enough: number) => Promise<Event[]>> {
    const cut = new AbortController()
    const answer = await line.call('/v1/events', {
      signal: AbortSignal.any([cut.signal, AbortSignal.timeout(30_000)]),
      headers: lastId === undefined ? {} : { 'last-event-id': lastId },
    })
    assert.equal(answer.headers.get('content-type')?.split(';')[0], 'text/event-stream')
    return async (enough) => {
      const events: Event[] = []
      let rest = ''
      for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop() ?? ''
        events.push(...blocks.flatMap(eventIn))
        if (events.length >= enough) break
      }
      cut.abort()
      return events.slice(0, enough)
    }
  }

  it('goes on behind the last event that was seen, over cut connections, without gap or double', async () => {
    const begin = await follow()
    const batch = await submitMany(
      line,
      Array.from({ length: 200 }, (_, n) => partRecord(n)),
    )
    const seen = await begin(1)
    for (const more of [40, 150, 300]) seen.push(...(await (await follow(seen.at(-1)!.id))(more)))
    await untilBatchEnds(line, batch, 60_000)
    const written = await query<{ job_id: string; seq: number }>(line, 'SELECT job_id, seq FROM history')
    seen.push(...(await (await follow(seen.at(-1)!.id))(written.length - seen.length)))

    const names = seen.map(({ jobId, seq }) => `${jobId}/${seq}`)
    assert.equal(new Set(names).size, names.length, 'nothing came twice')
    assert.deepEqual(
      new Set(names),
      new Set(written.map(({ job_id, seq }) => `${job_id}/${seq}`)),
      'nothing was left out',
    )
    assert.ok(inOrder(seen), 'entries of one job came in order')
  })

  it('without a place begins with the present', async () => {
    // Entries are shown once no running transaction of the server can precede them: read to the end of the earlier job.
    const earlier = await follow()
    const before = await submitMany(line, [partRecord(1_000)])
    await untilBatchEnds(line, before, 30_000)
    const past = await query<{ seq: number }>(
      line,
      `SELECT h.seq FROM history h JOIN jobs j ON j.id = h.job_id WHERE j.batch_id = '${before}'`,
    )
    await earlier(past.length)
    const stream = await follow()
    const batch = await submitMany(line, [partRecord(1_001)])

    const [first] = await stream(1)

    const jobs = await query<{ id: string; batch_id: string }>(line, 'SELECT id, batch_id FROM jobs')
    assert.equal(jobs.find(({ id }) => id === first!.jobId)?.batch_id, batch)
  })

  it('can be had as lines, each entry once', async () => {
    const batch = await submitMany(line, [partRecord(2_000), partRecord(2_001)])
    await untilBatchEnds(line, batch, 30_000)
    const written = await query<{ job_id: string; seq: number }>(line, 'SELECT job_id, seq FROM history')

    const lines = await waitFor(
      async () => {
        const text = await (await line.call('/v1/events:export')).text()
        const told = text.split('\n').filter((one) => one !== '')
        return told.length >= written.length ? told.map((one) => JSON.parse(one) as Event) : undefined
      },
      { timeoutMs: 30_000, message: 'all entries to be readable' },
    )

    assert.deepEqual(
      lines!.map(({ jobId, seq }) => `${jobId}/${seq}`).toSorted(),
      written.map(({ job_id, seq }) => `${job_id}/${seq}`).toSorted(),
    )
    assert.ok(inOrder(lines!))
  })

  it('refuses a place that is none', async () => {
    const answer = await line.call('/v1/events', { headers: { 'last-event-id': 'nonsense' } })

    assert.equal(answer.status, 400)
  })
})

function eventIn(block: string): Event[] {
  const fields = new Map(block.split('\n').map((text) => [text.split(':')[0], text.slice(text.indexOf(':') + 2)]))
  const [id, data] = [fields.get('id'), fields.get('data')]
  if (id === undefined || data === undefined || fields.get('event') === 'mark') return []
  return [{ id, ...(JSON.parse(data) as { jobId: string; seq: number }) }]
}

function inOrder(events: readonly Event[]): boolean {
  const last = new Map<string, number>()
  return events.every(({ jobId, seq }) => {
    const isNext = seq === (last.get(jobId) ?? 0) + 1
    last.set(jobId, seq)
    return isNext
  })
}
