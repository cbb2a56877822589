import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ApiProblem, createClient } from '@stageline/client'
import { sha256 } from './guard/authenticate.ts'
import { addEvent } from './testing/add-event.ts'
import { addJob, TENANT } from './testing/fake-world.ts'
import { serve } from './testing/serve.ts'

const KEY = 'sl_1_for-the-client'
const part = { workflow: 'part', input: { record: { mpn: 'NXR-1K0-0402' } } }

async function setup() {
  const served = await serve()
  served.world.keys.set(sha256(KEY), { id: '1', tenantId: TENANT, name: 'program' })
  return Object.assign(served, { client: createClient({ baseUrl: `${served.url}/`, apiKey: KEY }) })
}

test('a record is submitted once however often it is sent with its key', async () => {
  await using served = await setup()

  const first = await served.client.submitJob(part, { idempotencyKey: 'k-1' })
  const again = await served.client.submitJob(part, { idempotencyKey: 'k-1' })

  assert.equal(first.id, again.id)
  assert.equal(served.world.submitted[0]?.actor, 'program')
})

test('a client that names its workflows takes for each only what it takes', async () => {
  await using served = await setup()
  const client = createClient<{ part: { record: { mpn: string } } }>({ baseUrl: served.url, apiKey: KEY })
  type Submitted = Parameters<typeof client.submitJob>[0]
  // @ts-expect-error: a part has a number
  const incomplete: Submitted = { workflow: 'part', input: { record: {} } }
  // @ts-expect-error: there is no such workflow
  const misspelt: Submitted = { workflow: 'prat', input: { record: { mpn: 'X' } } }

  await client.submitJob({ workflow: 'part', priority: 0.9, input: { record: { mpn: 'X' } } })

  assert.deepEqual(
    served.world.submitted.map(({ input }) => input),
    [{ record: { mpn: 'X' } }],
  )
  await assert.rejects(client.submitJob(misspelt), { code: 'workflow.unknown' })
  assert.notDeepEqual(incomplete, misspelt)
})

test('a record is submitted with what its sender calls the whole of it', async () => {
  await using served = await setup()

  await served.client.submitJob(part, { correlationId: 'order-17' })

  assert.equal(served.world.submitted[0]?.correlationId, 'order-17')
})

test('a refusal is thrown with its code and its places', async () => {
  await using served = await setup()

  await assert.rejects(served.client.submitJob({ workflow: 'none', input: {} }), (error) => {
    assert.ok(error instanceof ApiProblem)
    assert.deepEqual([error.status, error.code, error.errors[0]?.pointer], [422, 'workflow.unknown', '/workflow'])
    return true
  })
})

test('a document is uploaded with its fields', async () => {
  await using served = await setup()

  await served.client.submitDocument(
    { content: '%PDF-1.7', fileName: 'a.pdf' },
    { businessKey: 'B', tags: ['x', 'y'], priority: 0.9 },
  )

  const [submitted] = served.world.submitted
  assert.deepEqual([submitted?.businessKey, submitted?.tags, submitted?.priority], ['B', ['x', 'y'], 0.9])
})

test('many records are submitted as a stream and answered line by line', async () => {
  await using served = await setup()
  const lines = Array.from({ length: 1200 }, (_, i) => ({
    workflow: i === 700 ? 'none' : 'part',
    input: { record: { mpn: `N-${i}` } },
  }))

  const batches: string[] = []
  const onBatch = (id: string) => void batches.push(id)

  const results = await Array.fromAsync(served.client.submitBulk(lines, { name: 'all', onBatch }))

  assert.equal(results.length, 1200)
  assert.deepEqual(batches, [...served.world.batches.keys()])
  assert.deepEqual(
    results.filter(({ status }) => status !== 202).map(({ line, status }) => [line, status]),
    [[701, 422]],
  )
})

test('waiting ends when the job rests', async () => {
  await using served = await setup()
  const { id } = addJob(served.world, { state: 'processing' })
  const waiting = served.client.waitFor(id)

  const view = served.world.jobs.get(id)!
  served.world.jobs.set(id, { ...view, state: 'completed' })

  assert.equal((await waiting).state, 'completed')
})

test('events come in order, go on after a break without gap or repetition, and carry no output', async () => {
  await using served = await setup()
  const [mine, other] = [addJob(served.world).id, addJob(served.world).id]
  for (const id of [mine, other, mine]) addEvent(served.world, id)
  const stop = new AbortController()
  const seen: string[] = []

  for await (const event of served.client.events({ job: mine, after: '0', signal: stop.signal })) {
    assert.doesNotMatch(JSON.stringify(event), /secret/)
    seen.push(event.cursor)
    if (seen.length === 2) {
      for (const id of [other, mine]) addEvent(served.world, id)
      served.cut()
    }
    if (seen.length === 3) stop.abort()
  }

  assert.deepEqual(seen, ['c1', 'c3', 'c5'])
})

test('a stream that is cut before its first event leaves out none', async () => {
  await using served = await setup()
  const { id } = addJob(served.world)
  const { promise: isBegun, resolve: begin } = Promise.withResolvers<void>()
  const watched: typeof fetch = async (...request) => {
    const response = await fetch(...request)
    const [body, copy] = response.body!.tee()
    void tellBegin(copy, begin).catch(begin)
    return new Response(body, response)
  }
  const client = createClient({ baseUrl: served.url, apiKey: KEY, fetch: watched })
  const stop = new AbortController()
  const first = client.events({ signal: stop.signal }).next()
  await isBegun
  await turn()

  served.cut()
  addEvent(served.world, id)

  assert.equal((await first).value?.cursor, 'c1')
  stop.abort()
})

async function tellBegin(body: ReadableStream<Uint8Array<ArrayBuffer>>, begin: () => void): Promise<void> {
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes('event: mark')) begin()
  }
}

test('a handler that throws is told of, and has every event all the same, also after a break', async () => {
  await using served = await setup()
  const { id } = addJob(served.world)
  for (let i = 0; i < 2; i++) addEvent(served.world, id)
  const stop = new AbortController()
  const [seen, failed]: [string[], unknown[]] = [[], []]

  await served.client.onEvent(
    async ({ cursor }) => {
      seen.push(cursor)
      if (cursor === 'c2') {
        addEvent(served.world, id)
        served.cut()
      }
      if (cursor === 'c3') stop.abort()
      throw new Error(`no ${cursor}`)
    },
    { after: '0', signal: stop.signal, onError: (error, { cursor }) => void failed.push([String(error), cursor]) },
  )

  assert.deepEqual(seen, ['c1', 'c2', 'c3'])
  assert.deepEqual(
    failed,
    seen.map((cursor) => [`Error: no ${cursor}`, cursor]),
  )
})

test('events are handled one at a time, and none after the end was asked for', async () => {
  await using served = await setup()
  const { id } = addJob(served.world)
  for (let i = 0; i < 5; i++) addEvent(served.world, id)
  const stop = new AbortController()
  const steps: string[] = []

  await served.client.onEvent(
    async ({ cursor }) => {
      steps.push(`${cursor} begins`)
      await turn()
      steps.push(`${cursor} ends`)
      if (cursor === 'c2') stop.abort()
    },
    { after: '0', signal: stop.signal, onError: assert.ifError },
  )

  assert.deepEqual(steps, ['c1 begins', 'c1 ends', 'c2 begins', 'c2 ends'])
})

test('handling ends where the stream is refused, and where the report of a failure throws', async () => {
  await using served = await setup()
  addEvent(served.world, addJob(served.world).id)
  const onError = (error: unknown) => {
    throw error
  }

  await assert.rejects(
    served.client.onEvent(() => {}, { job: 'none', onError }),
    ApiProblem,
  )
  await assert.rejects(
    served.client.onEvent(() => assert.fail('Enough'), { after: '0', onError }),
    /Enough/,
  )
})
