import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureOf, successOf, writeOf } from '../job-fixture.ts'
import { Given, type It, type JobStoreUnderTest } from './given-job-store.ts'
import { messagesAreLookedFor } from './messages-looked-for.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** What every `JobStore` keeps, the one in memory and the one in Postgres alike. */
export function jobStoreContract(name: string, open: () => Promise<JobStoreUnderTest>): void {
  const it: It = (behaviour, run) => {
    void test(`${name}: ${behaviour}`, async () => {
      await using under = await open()
      await run(new Given(under))
    })
  }

  it('a job is loaded as it was accepted, with its input', async (given) => {
    const job = await given.accepted({
      input: { record: { 'naïve "key"': 'a\nb\\c' } },
      seed: { retry: { maxAttempts: 2 } },
    })

    const [loaded] = await given.store.load([{ tenantId: job.tenantId, jobId: job.id, step: 'first', fence: 1 }])

    assert.deepEqual(loaded, { job, input: { record: { 'naïve "key"': 'a\nb\\c' } }, outputs: {} })
  })

  it('an unknown job and one of another tenant are nowhere', async (given) => {
    const job = await given.accepted()
    const nobody = '00000000-0000-7000-8000-00000000abcd'
    const refs = [
      { tenantId: job.tenantId, jobId: nobody, step: 'first', fence: 1 },
      { tenantId: nobody, jobId: job.id, step: 'first', fence: 1 },
      { tenantId: job.tenantId, jobId: job.id, step: 'first', fence: 1 },
    ]

    const loaded = await given.store.load(refs)

    assert.deepEqual(
      loaded.map((one) => one?.job.id),
      [undefined, undefined, job.id],
    )
    assert.deepEqual(await given.store.read([refs[1]!]), [undefined])
  })

  it('what a step put out is there for the next', async (given) => {
    const job = await given.accepted()

    const outcomes = await given.store.record([
      successOf(given.workflow, job, 'first', { total: '1.10' }, given.store.now()),
    ])

    assert.deepEqual(outcomes, [{ kind: 'recorded' }])
    const [loaded] = await given.store.load([{ tenantId: job.tenantId, jobId: job.id, step: 'second', fence: 1 }])
    assert.deepEqual(loaded?.outputs, { first: { total: '1.10' } })
    assert.equal(loaded?.job.steps['second']?.state, 'queued')
    assert.equal(loaded?.job.revision, job.revision + 1)
  })

  it('of two writes from the same revision one is recorded and the other gets the row as it is', async (given) => {
    const job = await given.accepted()
    const write = (output: number) => successOf(given.workflow, job, 'first', { output }, given.store.now())

    const [first] = await given.store.record([write(1)])
    const [second] = await given.store.record([write(2)])

    assert.deepEqual(first, { kind: 'recorded' })
    assert.ok(second?.kind === 'changed')
    assert.equal(second.job.revision, job.revision + 1)
    const [loaded] = await given.store.load([{ tenantId: job.tenantId, jobId: job.id, step: 'second', fence: 1 }])
    assert.deepEqual(loaded?.outputs, { first: { output: 1 } })
  })

  it('outcomes come in the order of the writes, whatever became of each', async (given) => {
    const [lost, fine, gone] = [await given.accepted(), await given.accepted(), given.make().job]
    await given.store.record([successOf(given.workflow, lost, 'first', {}, given.store.now())])
    const writes = [lost, gone, fine].map((job) => successOf(given.workflow, job, 'first', {}, given.store.now()))

    const outcomes = await given.store.record(writes)

    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['changed', 'gone', 'recorded'],
    )
  })

  it('a value that cannot be stored is named, and its neighbours are recorded', async (given) => {
    const jobs = await Promise.all(Array.from({ length: 9 }, () => given.accepted()))
    const writes = jobs.map((job, i) =>
      successOf(
        given.workflow,
        job,
        'first',
        { text: i === 4 ? 'a\u0000b' : i === 7 ? '\ud800' : 'fine' },
        given.store.now(),
      ),
    )

    const outcomes = await given.store.record(writes)

    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      jobs.map((_, i) => (i === 4 || i === 7 ? 'unstorable' : 'recorded')),
    )
    const [untouched] = await given.store.read([{ tenantId: given.tenantId, jobId: jobs[4]!.id }])
    assert.equal(untouched?.revision, jobs[4]!.revision)
  })

  it('an edited input is loaded for the step that it was given to, and for no other', async (given) => {
    const job = await given.accepted()
    const suspended = failureOf(given.workflow, job, 'first', given.store.now())
    await given.store.record([suspended])
    const verdict = {
      kind: 'verdict',
      step: 'first',
      verdict: 'retry',
      input: { fixed: true },
      actor: 'tester',
      reason: null,
    } as const
    const retried = writeOf(given.workflow, suspended.after, verdict, given.store.now())

    await given.store.record([retried])

    const [first, second] = await given.store.load(
      ['first', 'second'].map((step) => ({ tenantId: job.tenantId, jobId: job.id, step, fence: 3 })),
    )
    assert.deepEqual(first?.editedInput, { fixed: true })
    assert.equal(second?.editedInput, undefined)
  })

  it('the same key and body give the same job, another body does not', async (given) => {
    const keyed = (fingerprint: string) => given.make({ idempotency: { operation: 'submit', key: 'k-1', fingerprint } })
    const first = keyed('a')

    const answers = [
      ...(await given.store.accept(given.tenantId, [first])),
      ...(await given.store.accept(given.tenantId, [keyed('a')])),
      ...(await given.store.accept(given.tenantId, [keyed('b')])),
    ]

    const jobId = first.job.id
    assert.deepEqual(answers, [
      { kind: 'accepted', jobId },
      { kind: 'replayed', jobId },
      { kind: 'other_body', jobId },
    ])
  })

  it('says who has a key without taking it, in the order asked', async (given) => {
    const keyed = (key: string, fingerprint = 'a') => ({ operation: 'submit', key, fingerprint })
    const first = given.make({ idempotency: keyed('k-1') })
    await given.store.accept(given.tenantId, [first])

    const owners = await given.store.ownersOf(given.tenantId, [
      keyed('free'),
      keyed('k-1'),
      null,
      keyed('k-1', 'other'),
    ])

    const jobId = first.job.id
    assert.deepEqual(owners, [undefined, { kind: 'replayed', jobId }, undefined, { kind: 'other_body', jobId }])
    const [taken] = await given.store.accept(given.tenantId, [given.make({ idempotency: keyed('free') })])
    assert.equal(taken?.kind, 'accepted')
  })

  it('what became of a source is counted for its workflow, and a failure for its business key', async (given) => {
    const [good, lost] = [await given.routed('bolts inc', 'k-1'), await given.routed('bolts inc', 'k-2')]
    await given.end(good)
    const failed = failureOf(given.workflow, lost, 'first', given.store.now())
    await given.store.record([failed])
    const verdict = { kind: 'verdict', step: 'first', verdict: 'skip', actor: 'tester', reason: null } as const
    const skipped = writeOf(given.workflow, failed.after, verdict, given.store.now())
    await given.store.record([skipped])
    await given.store.record([successOf(given.workflow, skipped.after, 'second', {}, given.store.now())])
    await given.aftermath()

    const asked = [
      { workflow: 'two-steps', source: 'bolts inc', businessKey: 'k-2' },
      { workflow: 'two-steps', source: 'nuts inc', businessKey: 'k-1' },
      { workflow: 'other', source: 'bolts inc', businessKey: 'k-2' },
      { workflow: 'two-steps', source: null, businessKey: null },
      { workflow: 'two-steps', source: 'bolts inc', businessKey: 'k-2' },
    ]
    const { jobs } = await given.store.pastOf(given.tenantId, asked)

    const nothing = { outcomes: { succeeded: 0, failed: 0 }, recentFailures: 0 }
    const known = { outcomes: { succeeded: 1, failed: 1 }, recentFailures: 1 }
    assert.deepEqual(jobs, [known, nothing, nothing, nothing, known])
  })

  it('failures and outcomes of long ago do not count', async (given) => {
    const job = await given.routed('bolts inc', 'k-1')
    const failed = failureOf(given.workflow, job, 'first', given.store.now())
    await given.store.record([failed])
    const cancelled = { kind: 'cancelled', actor: 'tester', reason: null } as const
    await given.store.record([writeOf(given.workflow, failed.after, cancelled, given.store.now())])
    await given.aftermath()
    const asked = [{ workflow: 'two-steps', source: 'bolts inc', businessKey: 'k-1' }]
    const past = async () => (await given.store.pastOf(given.tenantId, asked)).jobs[0]

    const fresh = await past()
    await given.pass(31 * DAY_MS)
    const aMonthLater = await past()
    await given.pass(70 * DAY_MS)

    assert.deepEqual(fresh, { outcomes: { succeeded: 0, failed: 1 }, recentFailures: 1 })
    assert.deepEqual(aMonthLater, { outcomes: { succeeded: 0, failed: 1 }, recentFailures: 0 })
    assert.deepEqual(await past(), { outcomes: { succeeded: 0, failed: 0 }, recentFailures: 0 })
  })

  it('jobs are counted on their day, and from none on after midnight', async (given) => {
    const { day, resetsAt } = await given.store.pastOf(given.tenantId, [])
    const keyed = { idempotency: { operation: 'submit', key: 'k-1', fingerprint: 'f' } }
    await given.store.accept(given.tenantId, [given.make({ countedOn: day }), given.make()])
    for (let i = 0; i < 2; i += 1) await given.store.accept(given.tenantId, [given.make({ countedOn: day, ...keyed })])

    const today = await given.store.pastOf(given.tenantId, [])
    await given.pass(Date.parse(resetsAt) - given.store.now().getTime() + 1_000)
    const tomorrow = await given.store.pastOf(given.tenantId, [])

    assert.deepEqual(today.acceptedToday, { 'two-steps': 2 })
    assert.deepEqual([tomorrow.acceptedToday, tomorrow.day], [{}, resetsAt.slice(0, 10)])
  })

  it('a day takes in exactly its bound, however many ask at one moment', async (given) => {
    const { store, tenantId } = given
    const { day } = await store.pastOf(tenantId, [])
    const bounded = { countedOn: day, dayBound: 5 }
    const keyed = { ...bounded, idempotency: { operation: 'submit', key: 'k-day', fingerprint: 'f' } }
    const [first] = await store.accept(tenantId, [given.make(keyed)])

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => store.accept(tenantId, [given.make(bounded), given.make(bounded)])),
    )
    const again = await store.accept(tenantId, [given.make(keyed), given.make(bounded), given.make()])

    const kinds = answers.flat().map(({ kind }) => kind)
    assert.deepEqual(
      [
        first?.kind,
        kinds.filter((kind) => kind === 'accepted').length,
        kinds.filter((kind) => kind === 'day_full').length,
      ],
      ['accepted', 4, 12],
    )
    assert.deepEqual(
      again.map(({ kind }) => kind),
      ['replayed', 'day_full', 'accepted'],
    )
    assert.deepEqual((await store.pastOf(tenantId, [])).acceptedToday, { 'two-steps': 5 })
  })

  it('a due job is taken once, and again when nothing came of it', async (given) => {
    const job = await given.accepted()
    const { fence } = job.steps['first']!
    const claimed = writeOf(
      given.workflow,
      job,
      { kind: 'claimed', step: 'first', fence, leaseMs: 10_000, crashed: false, worker: 'w' },
      given.store.now(),
    )
    await given.store.record([claimed])

    const early = await given.store.takeDue(10)
    await given.pass(MINUTE_MS)
    const due = await given.store.takeDue(10)
    const again = await given.store.takeDue(10)
    await given.pass(MINUTE_MS)
    const later = await given.store.takeDue(10)

    assert.deepEqual(
      [early, due, again, later].map((taken) => taken.map(({ id }) => id)),
      [[], [job.id], [], [job.id]],
    )
    assert.equal(later[0]!.revision, claimed.after.revision, 'taking it is no change of the job')
  })

  it('what a worker leaves with its claim is loaded with the step', async (given) => {
    const job = await given.accepted()
    const { fence } = job.steps['first']!
    const now = given.store.now()
    const claim = { kind: 'claimed', step: 'first', fence, leaseMs: 10_000, crashed: false, worker: 'w-1' } as const
    const claimed = writeOf(given.workflow, job, claim, now)
    await given.store.record([claimed])
    const checkpoint = { page: 3, 'naïve "key"': [null, 1.5] }
    const renewal = { kind: 'renewed', step: 'first', fence: fence + 1, leaseMs: 10_000, checkpoint } as const

    await given.store.record([writeOf(given.workflow, claimed.after, renewal, now)])

    const { worker, checkpoint: kept } = (await given.read(job.id)).steps['first']!
    assert.deepEqual({ worker, kept }, { worker: 'w-1', kept: checkpoint })
  })

  it('a job that takes too long is due at its deadline, and has none once that was said', async (given) => {
    const job = await given.accepted({ seed: { timeoutMs: MINUTE_MS } })
    assert.equal(Date.parse(job.deadline!), Date.parse(job.dueAt!))

    await given.pass(MINUTE_MS + 1_000)
    const [due] = await given.store.takeDue(10)
    assert.equal(due?.deadline, job.deadline)
    const write = writeOf(given.workflow, due, { kind: 'due' }, given.store.now())
    const [outcome] = await given.store.record([write])

    assert.deepEqual(outcome, { kind: 'recorded' })
    const after = await given.read(job.id)
    assert.deepEqual([after.state, after.deadline, after.dueAt], ['suspended', null, null])
  })

  messagesAreLookedFor(it)
}
