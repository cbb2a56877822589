import type { RunProgress, SourceItem, TakenRun } from '../ports/index.ts'
import { engineInMemory, MemoryWorkflowCatalog } from '../testing/index.ts'
import { BUILT_IN_POLICIES, type Policy } from '@stageline/domain'
import { submitJobs, type SubmitRequest } from '../submit-jobs.ts'
import { planJobs } from './plan-jobs.ts'
import { runBatch } from './run-batch.ts'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'node:test'

const NOTHING: RunProgress = {
  read: 0,
  submitted: 0,
  skipped: 0,
  refused: 0,
  faults: [],
  sample: [],
  routes: {},
  mark: null,
  markKeys: [],
}

function runOf(about: Partial<TakenRun['request']> = {}, columns: TakenRun['columns'] = { keyColumn: 'id' }): TakenRun {
  const request = { workflow: 'one', limit: null, filter: {}, force: null, onlyNew: false, dryRun: false, ...about }
  const origin = { kind: 'upload', key: 'x' } as const
  return {
    id: 'b',
    name: null,
    source: 'parts',
    origin,
    columns,
    request,
    preview: false,
    actor: 'tester',
    tenantId: 't',
    progress: NOTHING,
    tries: 0,
  }
}

const ONE_STEP = {
  key: 'one',
  steps: [{ key: 'a', stage: 's' }],
  policy: { name: 'completeness-v2' },
  inputSchema: { type: 'object', properties: { record: { type: 'object', required: ['id'] } }, required: ['record'] },
}

/** A source over rows, an engine in memory, and everything that was noted. */
function setup(rows: readonly Record<string, unknown>[], { dieAfter = Infinity, maxDailyTasks = 10_000 } = {}) {
  const policies = BUILT_IN_POLICIES.map((policy): Policy => ({ ...policy, maxDailyTasks }))
  const engine = { ...engineInMemory(), workflows: new MemoryWorkflowCatalog([ONE_STEP], policies) }
  const noted: RunProgress[] = []
  const requests: SubmitRequest[] = []
  const source = {
    async *read({
      from,
      markColumn,
    }: {
      from?: string | undefined
      markColumn?: string | undefined
    }): AsyncGenerator<SourceItem> {
      for (const [i, record] of rows.entries()) {
        const mark = markColumn === undefined ? null : String(record[markColumn])
        if (from === undefined || mark === null || mark >= from) yield { position: String(i + 1), record, mark }
      }
    },
  }
  const run = async (given: TakenRun) => {
    const submit = given.request.dryRun
      ? planJobs(engine)
      : async (wanted: readonly SubmitRequest[]) => {
          requests.push(...wanted)
          return submitJobs(wanted, engine)
        }
    const note = async (progress: RunProgress) => {
      if (noted.length >= dieAfter) throw new Error('killed')
      noted.push(progress)
    }
    await runBatch(given, { source, submit, note, signal: new AbortController().signal })
    return noted.at(-1)!
  }
  return { engine, run, noted, requests }
}

const many = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `p${i}`, seen: String(1_000 + i) }))

describe('a run', () => {
  it('submits each record with its key, its priority and what the mapping says', async () => {
    const { run, requests } = setup([{ id: 7, score: '0.9', part_no: 'X1' }])

    const done = await run(
      runOf(
        { force: 'person' },
        { keyColumn: 'id', priorityColumn: 'score', mapping: { 'record.mpn': 'part_no', 'record.id': 'id' } },
      ),
    )

    const { businessKey, priority, input, tags, force, batchId, actor } = requests[0]!
    assert.deepEqual(
      { businessKey, priority, input, tags, force, batchId, actor },
      {
        businessKey: '7',
        priority: 0.9,
        input: { record: { mpn: 'X1', id: 7 } },
        tags: ['source:parts'],
        force: 'person',
        batchId: 'b',
        actor: 'tester',
      },
    )
    assert.deepEqual([done.read, done.submitted, done.mark], [1, 1, null])
  })

  it('skips what the filter does not want and keys that came before, and refuses with a reason', async () => {
    const { run } = setup([
      { id: 'a', p: 0.9, maker: 'X' },
      { id: 'b', p: 0.1, maker: 'X' },
      { id: 'c', p: 0.9, maker: 'Y' },
      { id: 'a', p: 0.9, maker: 'X' },
      { id: '', p: 0.9, maker: 'X' },
      { id: 'd', p: 7, maker: 'X' },
      { id: 'e', p: 0.9, maker: 'X', bad: '\0' },
    ])

    const done = await run(
      runOf({ filter: { minPriority: 0.7, equals: { maker: 'X' } } }, { keyColumn: 'id', priorityColumn: 'p' }),
    )

    assert.deepEqual([done.read, done.submitted, done.skipped, done.refused], [7, 1, 3, 3])
    assert.deepEqual(
      done.faults.map(({ position, detail }) => `${position} ${detail}`),
      [
        '5 "id", its key, is empty',
        '6 "p", its priority, is no number from 0 to 1',
        '7 /record/bad: Text must not hold the NUL character.',
      ],
    )
  })

  it('refuses what its workflow would refuse, and a stored file that is named by hand', async () => {
    const { run } = setup([{ no: 1 }, { key: 'k' }])

    const invalid = await run(runOf({}, {}))
    const named = await run(runOf({}, { mapping: { 'document.key': 'key' } }))

    assert.match(invalid.faults[0]!.detail, /^\/record\/id: /)
    assert.match(named.faults[0]!.detail, /named by hand/)
  })

  it('takes so many as are wanted, those that are refused not counted', async () => {
    const { run, requests } = setup([{ id: '' }, ...many(700)])

    const done = await run(runOf({ limit: 450 }))

    assert.deepEqual([done.submitted, requests.length, done.refused], [450, 450, 1])
  })

  it('says of a dry run what would come of it, and submits nothing', async () => {
    const { run, engine } = setup([{ id: 'a' }, { id: 'b', p: 0.1 }])

    const done = await run(runOf({ dryRun: true }, { keyColumn: 'id', priorityColumn: 'p' }))

    assert.deepEqual([done.submitted, done.routes, engine.queue.sent.length], [2, { automation: 1, person: 1 }, 0])
    assert.deepEqual(
      done.sample.map(({ businessKey, route }) => [businessKey, route]),
      [
        ['a', 'automation'],
        ['b', 'person'],
      ],
    )
  })
})

describe('a run of a workflow whose day is full', () => {
  it('ends for now and says when it goes on; what it brought already is not brought again', async () => {
    const { run, engine } = setup(many(5), { maxDailyTasks: 3 })
    const isFull = { kind: 'rate_limited', code: 'limit.daily_tasks' }

    await assert.rejects(run(runOf()), isFull)
    await assert.rejects(run(runOf()), isFull)

    assert.equal(engine.store.jobs().length, 3)
  })

  it('says so of a dry run', async () => {
    const { run } = setup(many(5), { maxDailyTasks: 3 })

    const done = await run(runOf({ dryRun: true }))

    assert.deepEqual([done.submitted, done.refused], [3, 2])
    assert.match(done.faults[0]!.detail, /^Workflow "one" has taken in the 3 that its policy allows a day/)
  })
})

describe('a run that is killed', () => {
  it('goes on so that every record is submitted once, wherever it died', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 0, max: 5 }),
        fc.boolean(),
        async (count, dieAfter, marked) => {
          const columns = marked ? { keyColumn: 'id', markColumn: 'seen' } : { keyColumn: 'id' }
          const first = setup(many(count), { dieAfter })
          const run = runOf({}, columns)
          await first.run(run).catch((error: Error) => assert.equal(error.message, 'killed'))
          const taken = { ...run, progress: first.noted.at(-1) ?? NOTHING }
          const notes: RunProgress[] = []
          await runBatch(taken, {
            source: {
              async *read({ from }) {
                for (const [i, record] of many(count).entries())
                  if (from === undefined || record.seen >= from)
                    yield { position: String(i + 1), record, mark: marked ? record.seen : null }
              },
            },
            submit: (wanted) => submitJobs(wanted, first.engine),
            note: async (progress) => void notes.push(progress),
            signal: new AbortController().signal,
          })
          assert.equal(notes.at(-1)!.submitted, count)
          assert.equal(notes.at(-1)!.read, count)
          assert.equal(first.engine.store.jobs().length, count)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('takes of the records at its mark those that it has not taken', async () => {
    const rows = [
      { id: 'a', seen: '1' },
      { id: 'b', seen: '1' },
      { id: 'c', seen: '1' },
      { id: 'd', seen: '2' },
    ]
    const { run, requests } = setup(rows)
    const columns = { keyColumn: 'id', markColumn: 'seen' }

    const one = await run(runOf({ limit: 2 }, columns))
    const two = await run({ ...runOf({}, columns), progress: { ...NOTHING, mark: one.mark, markKeys: one.markKeys } })

    assert.deepEqual([one.mark, one.markKeys], ['1', ['a', 'b']])
    assert.deepEqual([two.read, two.mark, two.markKeys], [2, '2', ['d']])
    assert.deepEqual(
      requests.map(({ businessKey }) => businessKey),
      ['a', 'b', 'c', 'd'],
    )
  })
})
