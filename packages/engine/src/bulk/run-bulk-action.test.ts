import { newId, type Job } from '@stageline/domain'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'node:test'
import { act } from '../act.ts'
import type { BulkKind, BulkNote, JobFilter } from '../ports/index.ts'
import { engineInMemory, MemoryBulkActions } from '../testing/index.ts'
import { statesOfBulk } from './bulk-kinds.ts'
import { runBulkAction } from './run-bulk-action.ts'

const ONE_STEP = { key: 'one', steps: [{ key: 'a', stage: 's' }] }
const LEASE_MS = 20_000
const ANN = { actor: 'ann', reason: 'Sent twice' }

type Turn = {
  /** Killed when it would note once more. */
  notes?: number
  beforePiece?: (ids: readonly string[]) => Promise<unknown>
}

function setup() {
  const engine = engineInMemory(ONE_STEP)
  const bulk = new MemoryBulkActions(engine.store)
  const pass = (ms: number) => engine.store.setNow(new Date(engine.store.now().getTime() + ms))
  const submit = async (count: number, tags: string[] = []) => {
    pass(10)
    return Promise.all(Array.from({ length: count }, () => engine.submit({ tags })))
  }
  const suspend = ({ id, tenantId }: Job) => act({ tenantId, jobId: id }, { kind: 'suspended', ...ANN }, engine)
  const begin = async (kind: BulkKind, filter: JobFilter = {}) => {
    pass(10)
    const state = filter.state ?? statesOfBulk(kind)
    const id = newId()
    await bulk.actions.begin('t', { id, kind, filter: { ...filter, state }, ...ANN }, null)
    return id
  }
  /** One orchestrator's turn, three jobs at a time. */
  const work = async (owner: string, { notes = Infinity, beforePiece = async () => {} }: Turn = {}) => {
    const action = (await bulk.take(owner, LEASE_MS))!
    let left = notes
    await runBulkAction(action, {
      engine,
      choose: async () => (await bulk.choose(action, owner, LEASE_MS, 4)) === 'more',
      next: async (after) => {
        const ids = await bulk.next(action, after, 3)
        if (ids.length > 0) await beforePiece(ids)
        return ids
      },
      note: async (made: BulkNote) => {
        if (left-- <= 0) throw new Error('killed')
        assert.ok(await bulk.note(action, owner, LEASE_MS, made))
      },
      signal: new AbortController().signal,
    })
    await bulk.end(action, owner, 'completed', null)
  }
  const look = async (id: string) => (await bulk.actions.get('t', id))!
  const items = (id: string) => bulk.actions.items('t', id, null, 1_000)
  const entries = (jobId: string, event: string) => engine.store.history(jobId).filter((entry) => entry.event === event)
  return { engine, bulk, pass, submit, suspend, begin, work, look, items, entries }
}

describe('a bulk action', () => {
  it('does to each job that fits what was asked, says so in its history, and leaves the others alone', async () => {
    const { engine, submit, begin, work, look, entries } = setup()
    const meant = await submit(10, ['monday'])
    const [bystander] = await submit(1, ['tuesday'])
    const id = await begin('cancel', { tag: 'monday' })
    const [late] = await submit(1, ['monday'])

    await work('a')

    const { state, total, progress } = await look(id)
    assert.deepEqual([state, total, progress], ['completed', 10, { done: 10, skipped: 0, failed: 0, reasons: {} }])
    for (const job of meant) {
      const [entry] = entries(job.id, 'cancelled')
      assert.deepEqual([entry?.actor, entry?.reason, entry?.data], ['ann', 'Sent twice', { bulkAction: id }])
    }
    assert.deepEqual([await engine.look(bystander!), (await engine.look(late!)).state], [bystander, 'queued'])
  })

  it('suspends with a task for each job, and resumes with the task closed', async () => {
    const { engine, submit, begin, work, entries } = setup()
    const jobs = await submit(4)

    const suspended = await begin('suspend')
    await work('a')
    const tasks = engine.store.jobs('suspended').length
    const resumed = await begin('resume')
    await work('a')

    assert.deepEqual([tasks, engine.store.jobs('processing').length], [4, 4])
    for (const { id } of jobs) {
      assert.deepEqual(entries(id, 'suspended')[0]?.data, { after: [], bulkAction: suspended })
      assert.deepEqual(entries(id, 'retried')[0]?.data, { bulkAction: resumed })
    }
  })

  it('skips, with the reason, what has moved on since it was chosen', async () => {
    const { engine, submit, suspend, begin, work, look, items } = setup()
    const jobs = await submit(3)
    for (const job of jobs) await suspend(job)
    const id = await begin('cancel', { state: ['suspended'] })
    const [first, second] = jobs
    const beforePiece = async () => {
      await act({ tenantId: 't', jobId: first!.id }, { kind: 'retried', ...ANN }, engine)
      await act({ tenantId: 't', jobId: second!.id }, { kind: 'cancelled', ...ANN }, engine)
    }

    await work('a', { beforePiece })

    const { progress } = await look(id)
    assert.deepEqual(progress, { done: 1, skipped: 2, failed: 0, reasons: { 'job.moved_on': 1, 'job.final': 1 } })
    const moved = (await items(id)).find(({ jobId }) => jobId === first!.id)
    assert.equal(moved?.detail, 'The job is processing by now; meant are jobs that are suspended')
    assert.equal((await engine.look(first!)).state, 'processing')
  })

  it('goes on to the others where the workflow of one is gone', async () => {
    const { engine, submit, begin, work, look } = setup()
    await submit(5)
    const version = engine.workflows.version.bind(engine.workflows)
    let asked = 0
    Object.assign(engine.workflows, {
      version: (...given: Parameters<typeof version>) => version(given[0], asked++ === 1 ? 'gone' : given[1], given[2]),
    })
    const id = await begin('cancel')

    await work('a')

    const { state, progress } = await look(id)
    assert.deepEqual([state, progress.done, progress.failed], ['completed', 4, 1])
    assert.deepEqual(progress.reasons, { 'workflow.unknown': 1 })
  })

  it('changes nothing more once it is stopped, and says what was not reached', async () => {
    const { engine, bulk, submit, begin, work, look, items } = setup()
    await submit(9)
    const id = await begin('cancel')
    let pieces = 0
    const beforePiece = async () => {
      if (++pieces === 2) assert.ok(await bulk.actions.stop('t', id, 'bob'))
    }

    await work('a', { beforePiece })

    const { state, stoppedBy, progress } = await look(id)
    assert.deepEqual([state, stoppedBy, progress.done], ['stopped', 'bob', 3])
    assert.equal(engine.store.jobs('queued').length, 6)
    assert.equal((await items(id)).filter(({ outcome }) => outcome === null).length, 6)
  })
})

describe('a bulk action whose orchestrator is killed', () => {
  it('changes every job once, wherever it died and whatever the jobs did meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 5 }), async (count, notes) => {
        const { engine, pass, submit, suspend, begin, work, look, entries } = setup()
        const jobs = await submit(count)
        for (const job of jobs) await suspend(job)
        const id = await begin('retry')

        await work('a', { notes }).catch((error: Error) => assert.equal(error.message, 'killed'))
        // What was retried fails again, and would fit once more.
        for (const job of engine.store.jobs('processing')) await suspend(job)
        pass(LEASE_MS + 1)
        if ((await look(id)).finishedAt === null) await work('b')

        const { state, progress } = await look(id)
        assert.deepEqual([state, progress.done, progress.skipped], ['completed', count, 0])
        for (const job of jobs) assert.equal(entries(job.id, 'retried').length, 1)
      }),
    )
  })
})
