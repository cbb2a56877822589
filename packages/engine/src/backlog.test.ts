import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBacklog } from './backlog.ts'

/** A record whose counts a test sets; each reading is counted. */
function setup({ tenant = 10, all = 100 } = {}) {
  const seen = { open: 0, finished: 0, elsewhere: 0, own: null as number | null, readings: 0 }
  const clock = { ms: 0 }
  const reader = {
    ofTenant: async () => {
      seen.readings += 1
      return { open: seen.open, finished: seen.finished, bound: seen.own }
    },
    ofAll: async () => ({ open: seen.open + seen.elsewhere, finished: seen.finished }),
  }
  const backlog = createBacklog(reader, { tenant, all }, () => clock.ms)
  const store = async (granted: number) => {
    await Promise.resolve()
    seen.open += granted
    return granted
  }
  const ask = (wanted = 1, tenantId = 't') =>
    backlog.within(tenantId, wanted, async (granted, full) => ({ granted: await store(granted), full }))
  return { seen, clock, ask }
}

test('a hundred at once at the bound: as many as there are places, not one more', async () => {
  const { seen, ask } = setup({ tenant: 10 })

  const answers = await Promise.all(Array.from({ length: 100 }, () => ask()))

  assert.equal(
    answers.reduce((sum, { granted }) => sum + granted, 0),
    10,
  )
  assert.equal(seen.open, 10)
  assert.ok(answers.every(({ granted, full }) => (granted === 0) === (full?.of === 'tenant')))
})

test('of many jobs the first are taken as far as there is room', async () => {
  const { ask } = setup({ tenant: 10 })

  const answers = [await ask(6), await ask(6), await ask(6)]

  assert.deepEqual(
    answers.map(({ granted }) => granted),
    [6, 4, 0],
  )
})

test('places that became free are seen within a second, and the record is asked no more often than that', async () => {
  const { seen, clock, ask } = setup({ tenant: 10 })
  await ask(10)
  seen.open = 3

  const early = await ask(10)
  clock.ms = 1_000
  const later = await ask(10)

  assert.deepEqual([early.granted, later.granted, seen.readings], [0, 7, 2])
})

test('the bound of all tenants holds for a tenant far below its own, and is told as such', async () => {
  const { seen, ask } = setup({ tenant: 50, all: 100 })
  seen.elsewhere = 98

  const { granted, full } = await ask(5)

  assert.equal(granted, 2)
  assert.deepEqual([full?.of, full?.bound], ['all', 100])
})

test('a tenant’s own bound wins over the usual one', async () => {
  const { seen, ask } = setup({ tenant: 10 })
  seen.own = 25

  assert.equal((await ask(30)).granted, 25)
})

test('who is refused is told to come back when there will be room at the pace of the line, within 1 s to 5 min', async () => {
  const { seen, clock, ask } = setup({ tenant: 1_000, all: 5_000 })
  seen.open = 1_000
  const atFirst = await ask(1)
  const after = async (finished: number, wanted: number) => {
    clock.ms += 10_000
    seen.finished += finished
    return (await ask(wanted)).full?.retryAfterS
  }

  const retries = [await after(20, 1), await after(20, 100), await after(100_000, 1), await after(0, 10_000_000)]

  assert.equal(atFirst.full?.retryAfterS, 10)
  assert.deepEqual(retries, [5, 50, 1, 300])
})

test('places of a store that failed are free again with the next reading', async () => {
  const { clock, ask, seen } = setup({ tenant: 10 })
  const reader = { ofTenant: async () => ({ open: seen.open, finished: 0, bound: null }), ofAll: async () => seen }
  const backlog = createBacklog(reader, { tenant: 10, all: 100 }, () => clock.ms)
  await assert.rejects(backlog.within('t', 10, () => Promise.reject(new Error('away'))))

  const early = await backlog.within('t', 1, async (granted) => granted)
  clock.ms = 1_000
  const later = await backlog.within('t', 1, async (granted) => granted)

  assert.deepEqual([early, later, (await ask()).granted], [0, 1, 1])
})
