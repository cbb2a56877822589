import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addEvent } from '../../testing/add-event.ts'
import { addJob } from '../../testing/fake-world.ts'
import { serve, type Served } from '../../testing/serve.ts'

const linesOf = async ({ ask }: Served, query = ''): Promise<Record<string, unknown>[]> =>
  (await ask(`/v1/events:export${query}`)).text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('events come a line each, all pages of them, and go on behind a cursor', async () => {
  await using served = await serve()
  const { id } = addJob(served.world)
  for (let i = 0; i < 1_100; i++) addEvent(served.world, id)

  const all = await linesOf(served)
  const rest = await linesOf(served, '?after=c1098')

  assert.deepEqual(
    all.map(({ cursor }) => cursor),
    Array.from({ length: 1_100 }, (_, i) => `c${i + 1}`),
  )
  assert.deepEqual(
    rest.map(({ cursor }) => cursor),
    ['c1099', 'c1100'],
  )
  assert.deepEqual(await linesOf(served, '?after=c1100'), [])
})

test('a line is of a form that is numbered, and holds neither outputs nor stacks', async () => {
  await using served = await serve()
  const { id } = addJob(served.world)
  addEvent(served.world, id, { kind: 'data', code: 'x.y', message: 'm', stack: 'at secret.ts' })

  const [line] = await linesOf(served)

  assert.deepEqual(line, {
    schema: 1,
    cursor: 'c1',
    jobId: id,
    workflow: 'part',
    traceparent: null,
    correlationId: null,
    seq: 1,
    at: '2026-11-20T12:00:00.000Z',
    event: 'step',
    step: 'extraction',
    stage: 'extraction',
    attempt: 1,
    path: ['queued'],
    times: [],
    jobFrom: 'queued',
    jobTo: 'processing',
    actor: 'worker',
    reason: null,
    failure: { kind: 'data', code: 'x.y', message: 'm' },
  })
})
