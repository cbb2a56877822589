import type { StageHold, StageRegistry } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'

export type StageRowsUnderTest = AsyncDisposable & {
  rows: Pick<StageRegistry, 'heartbeat' | 'limit' | 'openBreaker' | 'closeBreaker' | 'leave'>
  /** Moves the clock of the record on. */
  pass(ms: number): Promise<void>
}

const BREAKER = { baseMs: 5_000, maxMs: 60_000 }
const FREE: StageHold = { paused: false, limitedMs: 0, breaker: 'closed', probeInMs: 0, probing: false }
const by = (workerId: string) => ({ workerId, code: 'x.down', reason: 'It is down' })

/** What the row of a stage keeps for its workers, in memory and in Postgres alike. The stage `alpha` is there. */
export function stageRowsContract(name: string, open: () => Promise<StageRowsUnderTest>): void {
  const it = (behaviour: string, run: (given: StageRowsUnderTest) => Promise<void>): void => {
    void test(`${name}: ${behaviour}`, async () => {
      await using given = await open()
      await run(given)
    })
  }

  it('nothing holds a stage that nobody has held', async ({ rows }) => {
    assert.deepEqual(await rows.heartbeat('alpha', 'a', true), FREE)
  })

  it('a limit holds until its end, and a shorter one takes nothing away', async ({ rows, pass }) => {
    await rows.limit('alpha', { ms: 3_000, ...by('a') })
    await rows.limit('alpha', { ms: 1_000, ...by('b') })

    const { limitedMs } = await rows.heartbeat('alpha', 'b', true)
    await pass(3_000)

    assert.ok(limitedMs > 2_500 && limitedMs <= 3_000, `${limitedMs}`)
    assert.equal((await rows.heartbeat('alpha', 'b', true)).limitedMs, 0)
  })

  it('of many that open a breaker at once one is told that it has', async ({ rows }) => {
    const told = await Promise.all(
      ['a', 'b', 'c', 'd'].map((worker) => rows.openBreaker('alpha', { ...BREAKER, ...by(worker) })),
    )

    assert.deepEqual(
      told.filter((times) => times !== undefined),
      [1],
    )
    const seen = await rows.heartbeat('alpha', 'a', true)
    assert.deepEqual([seen.breaker, seen.probing], ['open', false])
    assert.ok(seen.probeInMs > 4_000 && seen.probeInMs <= 6_000, `${seen.probeInMs}`)
  })

  it('of many that ask while a probe is due one has it, and keeps it as long as it reports', async ({ rows, pass }) => {
    await rows.openBreaker('alpha', { ...BREAKER, ...by('a') })
    await pass(6_001)

    const asked = await Promise.all(['a', 'b', 'c'].map((worker) => rows.heartbeat('alpha', worker, true)))
    const prober = ['a', 'b', 'c'][asked.findIndex(({ probing }) => probing)]!
    const other = prober === 'a' ? 'b' : 'a'
    await pass(9_000)
    const kept = await rows.heartbeat('alpha', prober, true)
    await pass(9_000)
    const refused = await rows.heartbeat('alpha', other, true)

    assert.equal(asked.filter(({ probing }) => probing).length, 1)
    assert.deepEqual([kept.probing, refused.probing], [true, false])
    await pass(1_001)
    assert.equal((await rows.heartbeat('alpha', other, true)).probing, true, 'a silent prober is taken over')
    assert.equal(await rows.closeBreaker('alpha', prober), false, 'and has no say any more')
  })

  it('a prober that leaves, or gives up, is followed by another at once', async ({ rows, pass }) => {
    await rows.openBreaker('alpha', { ...BREAKER, ...by('a') })
    await pass(6_001)
    await rows.heartbeat('alpha', 'a', true)

    await rows.leave('alpha', 'a')
    const followed = await rows.heartbeat('alpha', 'b', true)
    await rows.heartbeat('alpha', 'b', false)

    assert.equal(followed.probing, true)
    assert.equal((await rows.heartbeat('alpha', 'c', true)).probing, true)
  })

  it('only the prober opens the breaker again, for longer, or closes it', async ({ rows, pass }) => {
    await rows.openBreaker('alpha', { ...BREAKER, ...by('a') })
    await pass(6_001)
    await rows.heartbeat('alpha', 'a', true)

    const late = await rows.openBreaker('alpha', { ...BREAKER, ...by('b') })
    const again = await rows.openBreaker('alpha', { ...BREAKER, ...by('a') })
    const { probeInMs } = await rows.heartbeat('alpha', 'a', true)
    await pass(12_001)
    await rows.heartbeat('alpha', 'b', true)

    assert.deepEqual([late, again], [undefined, 2])
    assert.ok(probeInMs > 9_000 && probeInMs <= 12_000, `${probeInMs}`)
    assert.deepEqual([await rows.closeBreaker('alpha', 'a'), await rows.closeBreaker('alpha', 'b')], [false, true])
    assert.deepEqual(await rows.heartbeat('alpha', 'a', true), FREE)
  })
}
