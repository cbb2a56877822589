import { newId } from '@stageline/domain'
import type { BulkActions, BulkNote, BulkQueue, JobFilter, NewBulkAction } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'

export type BulkUnderTest = AsyncDisposable & {
  tenantId: string
  actions: BulkActions
  queue: BulkQueue
  /** Stores so many jobs that stand queued, and gives their ids in order. */
  submit(count: number, about?: { tags?: string[]; businessKey?: string; priority?: number }): Promise<string[]>
  /** Fails the job with `test.unreadable`: it waits for a person. */
  fail(jobId: string): Promise<void>
  /** Cancels the job as part of the bulk action. @returns what the record answered */
  cancel(jobId: string, bulkActionId: string): Promise<string>
  stateOf(jobId: string): Promise<string>
  /** Moves the clock of the record on. */
  pass(ms: number): Promise<void>
}

const LEASE_MS = 20_000
const OPEN = ['queued', 'processing', 'suspended'] as const

const newAction = (filter: JobFilter = {}): NewBulkAction => ({
  id: newId(),
  kind: 'cancel',
  filter: { ...filter, state: filter.state ?? OPEN },
  reason: 'Sent twice',
  actor: 'tester',
})

const progress = (about: Partial<BulkNote['progress']> = {}) => ({
  done: 0,
  skipped: 0,
  failed: 0,
  reasons: {},
  ...about,
})

/** Bulk actions, in memory and in Postgres alike. */
export function bulkActionsContract(name: string, open: () => Promise<BulkUnderTest>): void {
  const it = (behaviour: string, run: (given: BulkUnderTest) => Promise<void>): void => {
    void test(`${name}: ${behaviour}`, async () => {
      await using given = await open()
      await run(given)
    })
  }
  /** Begins an action and chooses all of its jobs. */
  const chosen = async ({ actions, queue, tenantId }: BulkUnderTest, filter?: JobFilter) => {
    const { id } = await actions.begin(tenantId, newAction(filter), null)
    const action = (await queue.take('a', LEASE_MS))!
    while ((await queue.choose(action, 'a', LEASE_MS, 2)) === 'more');
    return { id, action }
  }

  it('jobs are counted and chosen by everything that a filter can say', async (given) => {
    const { actions, tenantId, submit, fail } = given
    const [plain] = await submit(1)
    const [tagged] = await submit(1, { tags: ['monday', 'source:parts'] })
    const [keyed] = await submit(1, { businessKey: 'K1', priority: 0.9 })
    const [failed] = await submit(1)
    await fail(failed!)
    const filters: [JobFilter, string[]][] = [
      [{ tag: 'monday' }, [tagged!]],
      [{ source: 'parts' }, [tagged!]],
      [{ source: 'others' }, []],
      [{ businessKey: 'K1' }, [keyed!]],
      [{ priority: 'high' }, [keyed!]],
      [{ priority: 'low' }, []],
      [{ errorCode: 'test.unreadable' }, [failed!]],
      [{ errorCode: 'test.other' }, []],
      [{ state: ['suspended'] }, [failed!]],
      [{ stage: 'nowhere' }, []],
      [{ state: ['queued'], workflow: 'two-steps' }, [plain!, tagged!, keyed!]],
      [{ state: ['queued'], createdBefore: new Date(1) }, []],
    ]

    for (const [filter, fitting] of filters) {
      const { count, isExact } = await actions.count(tenantId, filter)
      const { id, action } = await chosen(given, filter)
      const items = await actions.items(tenantId, id, null, 10)
      assert.deepEqual([count, isExact], [fitting.length, true], JSON.stringify(filter))
      assert.deepEqual(items.map(({ jobId }) => jobId).toSorted(), fitting.toSorted(), JSON.stringify(filter))
      assert.equal((await actions.get(tenantId, id))?.total, fitting.length)
      await given.queue.end(action, 'a', 'completed', null)
    }
    assert.deepEqual((await actions.count(tenantId, {})).byState, { queued: 3, suspended: 1 })
  })

  it('each job is chosen once, by whoever goes on, and what comes later is not meant', async (given) => {
    const { actions, queue, tenantId, submit, pass } = given
    const jobs = await submit(5)
    const { id } = await actions.begin(tenantId, newAction(), null)
    await pass(1)
    await submit(2)

    const first = (await queue.take('a', LEASE_MS))!
    const made = await queue.choose(first, 'a', LEASE_MS, 3)
    await pass(LEASE_MS + 1)
    const second = (await queue.take('b', LEASE_MS))!
    const lost = await queue.choose(first, 'a', LEASE_MS, 3)
    const rest = await queue.choose(second, 'b', LEASE_MS, 3)

    assert.deepEqual([made, second.isChosen, lost, rest], ['more', false, 'lost', 'done'])
    assert.deepEqual(
      (await actions.items(tenantId, id, null, 10)).map(({ jobId }) => jobId),
      jobs,
    )
    assert.deepEqual(
      (await actions.items(tenantId, id, jobs[1]!, 2)).map(({ jobId }) => jobId),
      jobs.slice(2, 4),
    )
    assert.deepEqual(
      [(await actions.get(tenantId, id))?.total, await queue.next(second, jobs[2]!, 10)],
      [5, jobs.slice(3)],
    )
  })

  it('a job is changed once for it, and noted with the change', async (given) => {
    const { actions, queue, tenantId, submit, cancel, stateOf } = given
    const [first, second, third] = await submit(3)
    const { id, action } = await chosen(given)

    const kinds = [await cancel(first!, id), await cancel(first!, id)]
    const skipped = { jobId: second!, outcome: 'skipped', code: 'job.final', detail: 'x', at: null } as const
    const late = { ...skipped, jobId: first! }
    await queue.note(action, 'a', LEASE_MS, { progress: progress({ done: 1, skipped: 1 }), items: [skipped, late] })
    kinds.push(await cancel(second!, id))
    await queue.giveBack(action, 'a', 0, null)
    const again = await queue.take('b', LEASE_MS)

    assert.deepEqual(kinds, ['recorded', 'refused', 'stale'])
    assert.equal(await stateOf(second!), 'queued')
    assert.deepEqual(
      (await actions.items(tenantId, id, null, 10)).map(({ outcome, code }) => [outcome, code]),
      [
        ['done', null],
        ['skipped', 'job.final'],
        [null, null],
      ],
    )
    assert.deepEqual(again?.progress, progress({ done: 1, skipped: 1, reasons: { 'job.final': 1 } }))
    assert.deepEqual([await queue.next(again, null, 10), await stateOf(first!)], [[third], 'cancelled'])
  })

  it('once it is stopped no job is changed for it any more', async (given) => {
    const { actions, queue, tenantId, submit, cancel, stateOf } = given
    const [first, second] = await submit(2)
    const { id, action } = await chosen(given)
    await cancel(first!, id)

    const stopped = [await actions.stop(tenantId, id, 'bob'), await actions.stop(tenantId, id, 'eve')]
    const refused = await cancel(second!, id)
    const { state, stoppedBy } = (await actions.get(tenantId, id))!
    const next = await queue.next(action, null, 10)
    await queue.end(action, 'a', 'completed', null)

    assert.deepEqual([stopped, state, stoppedBy, refused, next], [[true, true], 'stopping', 'bob', 'stale', []])
    assert.equal(await stateOf(second!), 'queued')
    const ended = (await actions.get(tenantId, id))!
    assert.deepEqual([ended.state, ended.progress.done, ended.total], ['stopped', 1, 2])
    assert.equal(await actions.stop(tenantId, id, 'bob'), false)
  })

  it('one that is stopped before anybody took it is ended by who takes it', async (given) => {
    const { actions, queue, tenantId, submit } = given
    await submit(1)
    const { id } = await actions.begin(tenantId, newAction(), null)
    await actions.stop(tenantId, id, 'bob')

    const action = (await queue.take('a', LEASE_MS))!
    const choice = await queue.choose(action, 'a', LEASE_MS, 10)
    await queue.end(action, 'a', 'completed', null)

    assert.deepEqual([choice, (await actions.get(tenantId, id))?.state], ['done', 'stopped'])
  })

  it('it is taken by one, and by another when that falls silent or fails', async ({
    actions,
    queue,
    tenantId,
    pass,
  }) => {
    const { id } = await actions.begin(tenantId, newAction(), null)

    const taken = await Promise.all(['a', 'b', 'c'].map((owner) => queue.take(owner, LEASE_MS)))
    const owner = ['a', 'b', 'c'][taken.findIndex(Boolean)]!
    await pass(15_000)
    const kept = await queue.note(taken.find(Boolean)!, owner, LEASE_MS)
    await pass(15_000)
    const early = await queue.take('d', LEASE_MS)
    await pass(5_001)
    const late = (await queue.take('d', LEASE_MS))!
    const lost = await queue.note(late, owner, LEASE_MS)
    await queue.giveBack(late, 'd', 10_000, { code: 'x.away', message: 'away' })
    const waiting = (await actions.get(tenantId, id))!
    const soon = await queue.take('d', LEASE_MS)
    await pass(10_001)
    const last = (await queue.take('d', LEASE_MS))!
    await queue.end(last, 'd', 'failed', { code: 'x.away', message: 'away' })

    assert.equal(taken.filter(Boolean).length, 1)
    assert.deepEqual([kept, early, late.id, lost, soon], [true, undefined, id, false, undefined])
    assert.deepEqual([waiting.state, waiting.error?.code, waiting.tries, last.tries], ['waiting', 'x.away', 1, 1])
    assert.ok(waiting.nextTryAt)
    assert.equal((await actions.get(tenantId, id))?.state, 'failed')
  })

  it('a request that is repeated with its key begins nothing new', async ({ actions, tenantId }) => {
    const action = newAction({ workflow: 'x', createdAfter: new Date('2026-01-01T00:00:00.000Z') })
    const key = { key: 'k1', fingerprint: 'f' }

    const first = await actions.begin(tenantId, action, key)
    const again = await actions.begin(tenantId, newAction(), key)
    const other = await actions.begin(tenantId, newAction(), { ...key, fingerprint: 'g' })

    assert.deepEqual(
      [first, again, other].map((one) => [one.kind, one.id]),
      [
        ['begun', action.id],
        ['replayed', action.id],
        ['other_body', action.id],
      ],
    )
    const { items } = await actions.list(tenantId, { limit: 5 })
    assert.deepEqual(
      items.map(({ id, kind, filter, reason, actor }) => ({ id, kind, filter, reason, actor })),
      [action],
    )
  })
}
