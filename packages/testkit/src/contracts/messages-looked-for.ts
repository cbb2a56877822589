import type { Job } from '@stageline/domain'
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { It } from './given-job-store.ts'

const MINUTE_MS = 60_000

/** The part of the contract that repair leans on: which messages are looked for, when, and until when. */
export function messagesAreLookedFor(it: It): void {
  it('a message is looked for ever more seldom, and the next one of its job anew', async (given) => {
    const job = await given.accepted()

    const looks: number[] = []
    assert.equal(await given.store.hasUnchecked(), false)
    for (const wait of [3_000, 6_000, 12_000]) {
      await given.pass(wait)
      assert.equal(await given.store.hasUnchecked(), true)
      looks.push(...(await given.store.takeUnchecked(10)).map((one) => one.looks))
      assert.deepEqual(await given.store.takeUnchecked(10), [])
      assert.equal(await given.store.hasUnchecked(), false)
    }
    await given.goOn(job)
    await given.pass(3_000)
    const [fresh] = await given.store.takeUnchecked(10)

    const { steps } = await given.read(job.id)
    assert.deepEqual(looks, [1, 2, 3])
    const message = { id: steps['second']!.message, tenantId: given.tenantId, stage: 'beta', jobs: [job.id], looks: 1 }
    assert.deepEqual(fresh, message)
  })

  it('a message that many jobs share is looked for once, and as many are taken as carry what was asked', async (given) => {
    const first = await given.acceptTogether([{}, {}, {}])
    await given.pass(1)
    const second = await given.acceptTogether([{}, {}])
    await given.pass(1)
    const third = await given.acceptTogether([{}])
    await given.pass(3_000)

    const taken = [await given.store.takeUnchecked(4), await given.store.takeUnchecked(4)]

    const idsOf = (jobs: readonly Job[]) => jobs.map(({ id }) => id)
    assert.deepEqual(
      taken.map((messages) => messages.map(({ jobs }) => jobs)),
      [[idsOf(first), idsOf(second)], [idsOf(third)]],
    )
  })

  it('a message that is forgotten is not looked for after a second; others are', async (given) => {
    const [worked, waiting] = [await given.accepted(), await given.accepted()]
    given.store.forget([worked.steps['first']!.message!])
    await given.goOn(worked)
    await setTimeout(1_500)
    await given.pass(3_000)

    const taken = await given.store.takeUnchecked(10)

    const { steps } = await given.read(worked.id)
    assert.deepEqual(
      new Set(taken.map(({ id }) => id)),
      new Set([steps['second']!.message, waiting.steps['first']!.message]),
    )
  })

  it('when messages were lost the most urgent are looked for first, and of those the oldest', async (given) => {
    const usual = [await given.accepted()]
    await given.pass(2 * MINUTE_MS)
    usual.push(await given.accepted())
    await given.pass(2 * MINUTE_MS)
    usual.push(await given.accepted())
    const urgent = await given.accepted({ seed: { priority: 0.9 } })
    const late = await given.accepted({ seed: { priority: 0.1 } })
    await given.store.recheckAll()

    const first = await given.store.takeUnchecked(3)
    const rest = await given.store.takeUnchecked(10)

    assert.deepEqual(
      [...first, ...rest].flatMap(({ jobs }) => jobs),
      [urgent, ...usual, late].map(({ id }) => id),
    )
  })

  it('a look that could not be done is due again in 5 s and not counted', async (given) => {
    const [waiting, other] = [await given.accepted(), await given.accepted()]
    await given.pass(3_000)
    const taken = await given.store.takeUnchecked(10)

    await given.store.giveBackUnchecked([waiting.steps['first']!.message!])

    assert.deepEqual(await given.store.takeUnchecked(10), [])
    await given.pass(6_000)
    const again = await given.store.takeUnchecked(10)
    assert.equal(taken.length, 2)
    assert.deepEqual(
      new Map(again.map(({ jobs, looks }) => [jobs[0], looks])),
      new Map([
        [waiting.id, 1],
        [other.id, 2],
      ]),
    )
  })

  it('when a queue has lost its lists its messages are looked at closely at once, others and fresh ones are not', async (given) => {
    const job = await given.accepted()
    for (const wait of [3_000, 6_000, 12_000]) {
      await given.pass(wait)
      await given.store.takeUnchecked(10)
    }
    await given.accepted()

    const woken = [await given.store.recheckQueues(['beta']), await given.store.recheckQueues(['alpha', 'beta'])]

    assert.deepEqual(woken, [0, 1])
    const taken = await given.store.takeUnchecked(10)
    assert.deepEqual(
      taken.map(({ jobs, looks }) => [jobs, looks]),
      [[[job.id], 4]],
    )
  })

  it('when messages were lost every one is looked at at once', async (given) => {
    const waiting = await given.acceptTogether([{}, {}])
    assert.deepEqual(await given.store.takeUnchecked(10), [])

    assert.equal(await given.store.recheckAll(), 2)

    assert.deepEqual(
      (await given.store.takeUnchecked(10)).flatMap(({ jobs }) => jobs),
      waiting.map(({ id }) => id),
    )
  })
}
