import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { addEvent } from '../../testing/add-event.ts'
import { fakeReader } from '../../testing/fake-reader.ts'
import { addJob, createWorld } from '../../testing/fake-world.ts'
import { EventFeed, type Wish } from './event-feed.ts'
import { followEvents } from './follow-events.ts'

type FakeStream = Parameters<typeof followEvents>[0] & { told: string[]; marks: string[] }

function fakeStream(): FakeStream {
  const told: string[] = []
  const marks: string[] = []
  const closed = new AbortController()
  const stream = {
    told,
    marks,
    closed,
    isBlocked: false,
    send: ({ cursor }: { cursor: string }) => void told.push(cursor),
    mark: (cursor: string) => void marks.push(cursor),
  }
  return stream as unknown as FakeStream
}

function setUp(pollMs = 1) {
  const world = createWorld()
  const reader = fakeReader(world)
  const asked = { events: 0, failures: 0 }
  const events: typeof reader.events = async (...about) => {
    asked.events += 1
    if (asked.failures-- > 0) throw new Error('The record is away')
    return reader.events(...about)
  }
  const feed = new EventFeed({ ...reader, events }, 'tenant', pollMs)
  return { world, asked, feed }
}

const wish = (after: string, more: Wish = {}) => ({ after, ...more })
const cursors = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `c${from + i}`)

async function waitFor(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!holds() && performance.now() < deadline) await delay(1)
}

for (const seed of Array.from({ length: 20 }, (_, i) => i + 1))
  test(`whoever begins where, each hears all behind it once and in order, however they interleave (${seed})`, async () => {
    const random = randomOf(seed)
    const { world, feed } = setUp()
    const { id } = addJob(world)
    const joined: { stream: FakeStream; from: number; done: Promise<void> }[] = []
    for (let i = 0; i < 12; i++) {
      const [what, some] = [random(3), random(700)]
      if (what === 0) for (let n = 0; n < some; n++) addEvent(world, id)
      if (what === 1) await delay(some / 200)
      const from = random(world.events.length + 1)
      const stream = fakeStream()
      joined.push({ stream, from, done: followEvents(stream, feed, wish(`c${from}`)) })
    }
    const end = world.events.length
    await waitFor(() => joined.every(({ stream, from }) => stream.told.length >= end - from))
    for (const { stream } of joined) stream.closed.abort()
    await Promise.all(joined.map(({ done }) => done))

    for (const { stream, from } of joined) assert.deepEqual(stream.told, cursors(from + 1, end))
  })

/** Whole numbers below a bound, the same ones for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * below)
  }
}

test('many streams ask the record no more often than one', async () => {
  const { world, asked, feed } = setUp(5)
  const { id } = addJob(world)
  const streams = Array.from({ length: 200 }, fakeStream)
  const done = streams.map((stream) => followEvents(stream, feed, wish('c0')))
  for (let i = 0; i < 20; i++) {
    addEvent(world, id)
    await delay(2)
  }
  await waitFor(() => streams.every(({ told }) => told.length === 20))
  for (const { closed } of streams) closed.abort()
  await Promise.all(done)

  assert.ok(asked.events < 100, `asked ${asked.events} times`)
})

test('each hears of its own jobs and batches only', async () => {
  const { world, feed } = setUp()
  const batchId = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6081'
  const [one, other] = [addJob(world, { batchId }).id, addJob(world).id]
  const [ofBatch, ofJob] = [fakeStream(), fakeStream()]
  const done = [
    followEvents(ofBatch, feed, wish('c0', { batchId })),
    followEvents(ofJob, feed, wish('c0', { jobId: other })),
  ]
  for (const id of [one, other, one]) addEvent(world, id)
  await waitFor(() => ofBatch.told.length === 2 && ofJob.told.length === 1)
  for (const { closed } of [ofBatch, ofJob]) closed.abort()
  await Promise.all(done)

  assert.deepEqual([ofBatch.told, ofJob.told], [['c1', 'c3'], ['c2']])
})

test('a reader that takes no more goes on by itself behind what it has seen, and holds nobody up', async () => {
  const { world, feed } = setUp()
  const { id } = addJob(world)
  const [slow, quick] = [fakeStream(), fakeStream()]
  const done = [slow, quick].map((stream) => followEvents(stream, feed, wish('c0')))
  addEvent(world, id)
  await waitFor(() => slow.told.length === 1)
  Object.assign(slow, { isBlocked: true })
  for (let i = 0; i < 3; i++) addEvent(world, id)
  await waitFor(() => quick.told.length === 4)
  const whileBlocked = slow.told.length
  Object.assign(slow, { isBlocked: false })
  await waitFor(() => slow.told.length >= 4)
  for (const { closed } of [slow, quick]) closed.abort()
  await Promise.all(done)

  assert.ok(whileBlocked < 4)
  assert.deepEqual(slow.told, cursors(1, 4))
})

test('when the record fails, streams end, and who comes back misses nothing', async () => {
  const { world, asked, feed } = setUp()
  const { id } = addJob(world)
  const stream = fakeStream()
  const broken = followEvents(stream, feed, wish('c0'))
  addEvent(world, id)
  await waitFor(() => stream.told.length === 1)
  asked.failures = 1
  await assert.rejects(broken, /The record is away/)
  addEvent(world, id)

  const again = fakeStream()
  const done = followEvents(again, feed, wish('c1'))
  await waitFor(() => again.told.length === 1)
  again.closed.abort()
  await done

  assert.deepEqual(again.told, ['c2'])
})
