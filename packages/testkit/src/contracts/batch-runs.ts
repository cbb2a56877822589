import { newId } from '@stageline/domain'
import type { BatchRuns, NewRun, RunProgress, RunQueue, SourceStore } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'

export type RunsUnderTest = AsyncDisposable & {
  tenantId: string
  sources: SourceStore
  runs: BatchRuns
  queue: RunQueue
  /** Moves the clock of the record on. */
  pass(ms: number): Promise<void>
}

const PARTS = {
  key: 'parts',
  from: { kind: 'duckdb', file: 'parts.parquet' },
  keyColumn: 'id',
  markColumn: 'seen',
} as const
const LEASE_MS = 20_000

const newRun = (about: Partial<NewRun['request']> & { source?: string | null } = {}): NewRun => {
  const { source = 'parts', ...request } = about
  return {
    id: newId(),
    name: 'Nightly',
    source,
    origin: PARTS.from,
    columns: { keyColumn: 'id', markColumn: 'seen' },
    request: { workflow: 'part', limit: 5, filter: {}, force: null, onlyNew: true, dryRun: false, ...request },
    preview: false,
    actor: 'tester',
  }
}

const at = (mark: string, about: Partial<RunProgress> = {}): RunProgress => ({
  read: 3,
  submitted: 2,
  skipped: 0,
  refused: 1,
  sample: [],
  routes: {},
  faults: [{ position: '3', detail: 'no' }],
  mark,
  markKeys: ['a', 'b'],
  ...about,
})

/** Sources and runs, in memory and in Postgres alike. */
export function batchRunsContract(name: string, open: () => Promise<RunsUnderTest>): void {
  const it = (behaviour: string, run: (given: RunsUnderTest) => Promise<void>): void => {
    void test(`${name}: ${behaviour}`, async () => {
      await using given = await open()
      await run(given)
    })
  }

  it('a source changes only at the version that is named', async ({ sources, tenantId }) => {
    const made = await sources.put(tenantId, PARTS, 'tester', 0)
    const again = await sources.put(tenantId, PARTS, 'tester', 0)
    const stale = await sources.put(tenantId, PARTS, 'tester', 7)
    const missing = await sources.put(tenantId, { ...PARTS, key: 'other' }, 'tester', 3)
    const changed = await sources.put(tenantId, { ...PARTS, name: 'Parts' }, 'tester', 1)

    assert.deepEqual(
      [made, again, stale, missing, changed],
      [{ version: 1 }, 'conflict', 'conflict', 'conflict', { version: 2 }],
    )
    assert.deepEqual(
      (await sources.list(tenantId)).map(({ definition }) => definition.name),
      ['Parts'],
    )
    assert.deepEqual(
      [
        await sources.remove(tenantId, 'parts', 1),
        await sources.remove(tenantId, 'parts', 2),
        await sources.remove(tenantId, 'parts', null),
      ],
      ['conflict', 'removed', 'unknown'],
    )
  })

  it('a run is taken by one, and by another when that falls silent', async ({ runs, queue, tenantId, pass }) => {
    const run = newRun()
    await runs.begin(tenantId, run, null)

    const taken = await Promise.all(['a', 'b', 'c'].map((owner) => queue.take(owner, LEASE_MS)))
    const owner = ['a', 'b', 'c'][taken.findIndex(Boolean)]!
    await pass(15_000)
    const renewed = await queue.note(taken.find(Boolean)!, owner, LEASE_MS)
    await pass(15_000)
    const early = await queue.take('d', LEASE_MS)
    await pass(5_001)
    const late = await queue.take('d', LEASE_MS)
    const lost = await queue.note(late!, owner, LEASE_MS)

    assert.equal(taken.filter(Boolean).length, 1)
    assert.deepEqual([renewed, early, late?.id, lost], [true, undefined, run.id, false])
    assert.equal(await queue.end(late!, owner, 'completed', null), false)
  })

  it('what is noted is there for whoever takes it next', async ({ runs, queue, tenantId }) => {
    const run = newRun()
    await runs.begin(tenantId, run, null)
    const taken = await queue.take('a', LEASE_MS)
    await queue.note(taken!, 'a', LEASE_MS, at('2026-01-02'))
    await queue.giveBack(taken!, 'a', 0, null)

    const next = await queue.take('b', LEASE_MS)

    const { tenantId: _tenant, progress, tries, ...about } = next!
    assert.deepEqual([about, progress, tries], [run, at('2026-01-02'), 0])
    assert.deepEqual((await runs.get(tenantId, run.id))?.progress, at('2026-01-02'))
  })

  it('a run that ends, or is stopped, moves the mark from which the next one begins', async ({
    sources,
    runs,
    queue,
    tenantId,
  }) => {
    await sources.put(tenantId, PARTS, 'tester', null)
    for (const [mark, end] of [
      ['m1', 'completed'],
      ['m2', 'failed'],
      ['m3', 'stopped'],
    ] as const) {
      const run = newRun()
      await runs.begin(tenantId, run, null)
      const taken = await queue.take('a', LEASE_MS)
      await queue.note(taken!, 'a', LEASE_MS, at(mark))
      if (end === 'stopped') assert.equal(await runs.stop(tenantId, run.id), true)
      else await queue.end(taken!, 'a', end, end === 'failed' ? { code: 'x.y', message: 'z' } : null)

      assert.equal((await runs.get(tenantId, run.id))?.state, end)
      assert.equal((await sources.get(tenantId, 'parts'))?.mark, mark)
      assert.equal(await runs.stop(tenantId, run.id), false)
    }
    await runs.begin(tenantId, newRun(), null)
    const next = await queue.take('a', LEASE_MS)
    assert.deepEqual([next?.progress.mark, next?.progress.markKeys, next?.progress.read], ['m3', ['a', 'b'], 0])
  })

  it('a dry run, a run of everything and a source with another mark column leave the mark', async ({
    sources,
    runs,
    queue,
    tenantId,
  }) => {
    await sources.put(tenantId, PARTS, 'tester', null)
    for (const about of [{ dryRun: true }, { onlyNew: false }]) {
      await runs.begin(tenantId, newRun(about), null)
      const taken = await queue.take('a', LEASE_MS)
      await queue.note(taken!, 'a', LEASE_MS, at('m1'))
      await queue.end(taken!, 'a', 'completed', null)
    }
    assert.equal((await sources.get(tenantId, 'parts'))?.mark, null)

    await runs.begin(tenantId, newRun(), null)
    const taken = await queue.take('a', LEASE_MS)
    await queue.note(taken!, 'a', LEASE_MS, at('m1'))
    await sources.put(tenantId, { ...PARTS, markColumn: 'changed' }, 'tester', null)
    await queue.end(taken!, 'a', 'completed', null)
    assert.equal((await sources.get(tenantId, 'parts'))?.mark, null)
  })

  it('of two runs of new records one is told to wait; others may run beside it', async ({ runs, tenantId }) => {
    const kinds = [
      await runs.begin(tenantId, newRun(), null),
      await runs.begin(tenantId, newRun(), null),
      await runs.begin(tenantId, newRun({ dryRun: true }), null),
      await runs.begin(tenantId, newRun({ onlyNew: false }), null),
      await runs.begin(tenantId, newRun({ source: 'others' }), null),
    ].map(({ kind }) => kind)

    assert.deepEqual(kinds, ['begun', 'busy', 'begun', 'begun', 'begun'])
  })

  it('a request that is repeated with its key begins nothing new', async ({ runs, tenantId }) => {
    const run = newRun()
    const key = { key: 'k1', fingerprint: 'f' }

    const first = await runs.begin(tenantId, run, key)
    const again = await runs.begin(tenantId, newRun(), key)
    const other = await runs.begin(tenantId, newRun(), { ...key, fingerprint: 'g' })

    assert.deepEqual(
      [first, again, other].map((one) => [one.kind, 'id' in one && one.id]),
      [
        ['begun', run.id],
        ['replayed', run.id],
        ['other_body', run.id],
      ],
    )
  })

  it('a failed try waits for its time and counts, until the run gets on', async ({ runs, queue, tenantId, pass }) => {
    const run = newRun()
    await runs.begin(tenantId, run, null)
    const taken = await queue.take('a', LEASE_MS)
    await queue.giveBack(taken!, 'a', 10_000, { code: 'x.away', message: 'away' })

    const waiting = await runs.get(tenantId, run.id)
    const early = await queue.take('a', LEASE_MS)
    await pass(10_001)
    const second = await queue.take('a', LEASE_MS)
    await queue.note(second!, 'a', LEASE_MS, at('m'))

    assert.deepEqual([waiting?.state, waiting?.error?.code, waiting?.tries], ['waiting', 'x.away', 1])
    assert.ok(waiting?.nextTryAt)
    assert.deepEqual([early, second?.tries], [undefined, 1])
    assert.deepEqual([(await runs.get(tenantId, run.id))?.tries, (await runs.get(tenantId, run.id))?.error], [0, null])
  })
}
