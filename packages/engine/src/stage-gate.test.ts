import type { Failure } from '@stageline/domain'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { StepEnd } from './ports/index.ts'
import { StageGate } from './stage-gate.ts'
import { MemoryStageRows, quietObserver } from './testing/index.ts'

const failure = (kind: Failure['kind']): Failure => ({ kind, code: `x.${kind}`, message: 'As the test says' })
const failed = (kind: Failure['kind']): StepEnd => ({ outcome: 'failed', failure: failure(kind) })
const done: StepEnd = { outcome: 'completed' }

/** A fleet over one row; hints are not sent, so that a worker hears of the others when the test lets it look. */
function setup(t: { after: (done: () => void) => void }) {
  const rows = new MemoryStageRows()
  const observer = quietObserver()
  const worker = (workerId: string) => {
    const changes: boolean[] = []
    const gate = new StageGate({
      stage: 'alpha',
      workerId,
      registry: rows,
      observer,
      tellOthers: () => undefined,
      onChange: (isOpen) => changes.push(isOpen),
      breaker: { baseMs: 5_000, maxMs: 60_000 },
      monotonicMs: () => rows.nowMs,
    })
    t.after(() => gate[Symbol.dispose]())
    return { gate, changes }
  }
  /** Lets what was found out be written. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { rows, observer, worker, settled, a: worker('a'), b: worker('b') }
}

suite('a rate limit', () => {
  test('closes the gate of who met it at once, and those of the others when they look, until its very end', async (t) => {
    const { rows, a, b, settled } = setup(t)

    a.gate.heard(failure('rate_limited'), 3_000)
    const atOnce = [a.gate.enter(), b.gate.enter()]
    await settled()
    await b.gate.look()
    const told = b.gate.enter()
    rows.nowMs = 2_999
    const before = [a.gate.enter(), b.gate.enter()]
    rows.nowMs = 3_000

    assert.deepEqual([atOnce, told, before], [['none', 'all'], 'none', ['none', 'none']])
    assert.deepEqual([a.gate.enter(), b.gate.enter()], ['all', 'all'])
  })

  test('is written as far as its latest end, and told once', async (t) => {
    const { rows, observer, a, settled } = setup(t)

    for (const ms of [3_000, 1_000, 4_000]) a.gate.heard(failure('rate_limited'), ms)
    await settled()

    assert.equal(rows.row('alpha').limitedUntil, 4_000)
    assert.deepEqual(
      observer.stages.map(({ event }) => event),
      ['limited'],
    )
  })

  test('that a person has lifted is written anew when it is met again, though it is shorter', async (t) => {
    const { rows, a, b, settled } = setup(t)
    a.gate.heard(failure('rate_limited'), 60_000)
    await settled()
    rows.row('alpha').limitedUntil = 0
    await a.gate.look()

    a.gate.heard(failure('rate_limited'), 5_000)
    await settled()
    await b.gate.look()

    assert.deepEqual([rows.row('alpha').limitedUntil, a.gate.enter(), b.gate.enter()], [5_000, 'none', 'none'])
  })
})

suite('the breaker', () => {
  for (const kind of ['transient', 'unknown', 'data', 'poison'] as const) {
    test(`is not opened by a failure of kind ${kind}`, async (t) => {
      const { a, rows, settled } = setup(t)

      a.gate.heard(failure(kind), 1)
      await settled()

      assert.deepEqual([a.gate.enter(), rows.row('alpha').breaker], ['all', 'closed'])
    })
  }

  test('opens for all by one failure of the system, and many at once are one alert', async (t) => {
    const { rows, observer, a, b, settled } = setup(t)

    for (const { gate } of [a, a, b]) gate.heard(failure('system'), 1)
    await settled()

    assert.deepEqual([a.gate.enter(), b.gate.enter()], ['none', 'none'])
    assert.deepEqual([rows.row('alpha').times, rows.row('alpha').code], [1, 'x.system'])
    assert.deepEqual(
      observer.stages.map(({ event }) => event),
      ['breaker_opened'],
    )
  })

  test('lets one worker of all try one message when the time has come', async (t) => {
    const { rows, a, b, settled } = setup(t)
    a.gate.heard(failure('system'), 1)
    await settled()
    rows.nowMs = 4_999
    await Promise.all([b.gate.look(), a.gate.look()])
    const early = [a.gate.isOpen, b.gate.isOpen]

    rows.nowMs = 5_000
    await Promise.all([b.gate.look(), a.gate.look()])

    assert.deepEqual([early, a.gate.isOpen, b.gate.isOpen], [[false, false], false, true])
    assert.deepEqual([a.gate.enter(), b.gate.enter(), b.gate.enter()], ['none', 'probe', 'none'])
  })

  for (const [what, end] of [
    ['completes', done],
    ['meets bad data', failed('data')],
    ['is asked to come later', failed('rate_limited')],
  ] as const) {
    test(`closes when the step that is tried ${what}`, async (t) => {
      const { rows, observer, a, b } = await halfOpen(t)

      assert.equal(await a.gate.probed(end), 'works')

      a.gate.leaveProbe()
      await b.gate.look()
      assert.deepEqual([a.gate.enter(), b.gate.enter(), rows.row('alpha').breaker], ['all', 'all', 'closed'])
      assert.equal(observer.stages.at(-1)?.event, 'breaker_closed')
    })
  }

  test('opens again, for twice as long up to the most, when the step that is tried fails', async (t) => {
    const { rows, a } = await halfOpen(t)
    const delays: number[] = []

    for (const kind of ['system', 'transient', 'unknown', 'system', 'system'] as const) {
      assert.equal(await a.gate.probed(failed(kind)), 'down')
      a.gate.leaveProbe()
      assert.equal(a.gate.enter(), 'none')
      delays.push(rows.row('alpha').nextProbeAt - rows.nowMs)
      rows.nowMs = rows.row('alpha').nextProbeAt
      await a.gate.look()
      assert.equal(a.gate.enter(), 'probe')
    }

    assert.deepEqual(delays, [10_000, 20_000, 40_000, 60_000, 60_000])
  })

  test('takes the next step as its probe when the first says nothing', async (t) => {
    const { rows, a } = await halfOpen(t)

    assert.equal(await a.gate.probed({ outcome: 'stale' }), 'unclear')
    a.gate.leaveProbe()

    assert.deepEqual([a.gate.enter(), rows.row('alpha').breaker], ['probe', 'half_open'])
  })

  test('is probed by another when the worker that probed has died', async (t) => {
    const { rows, b } = await halfOpen(t)
    rows.nowMs += 9_999
    await b.gate.look()
    const early = b.gate.enter()

    rows.nowMs += 1
    await b.gate.look()

    assert.deepEqual([early, b.gate.enter()], ['none', 'probe'])
  })

  test('is probed by another when no message has reached the worker that may', async (t) => {
    const { rows, a, b } = await halfOpen(t, { inHand: false })

    rows.nowMs += 15_001
    await a.gate.look()
    await b.gate.look()

    assert.deepEqual([a.gate.enter(), b.gate.enter()], ['none', 'probe'])
  })

  test('stays with the worker whose step takes long', async (t) => {
    const { rows, a, b } = await halfOpen(t)

    for (let s = 0; s < 60; s += 1) {
      rows.nowMs += 1_000
      await a.gate.look()
      await b.gate.look()
    }

    assert.equal(b.gate.enter(), 'none')
    assert.equal(await a.gate.probed(done), 'works')
    assert.equal(rows.row('alpha').breaker, 'closed')
  })

  test('is not opened by a late failure once it is half open', async (t) => {
    const { rows, b, settled } = await halfOpen(t)

    b.gate.heard(failure('system'), 1)
    await settled()

    assert.equal(rows.row('alpha').breaker, 'half_open')
  })
})

suite('the row', () => {
  test('that could not be written decides again when it can be read', async (t) => {
    const { rows, observer, a, settled } = setup(t)
    rows.isAway = true
    a.gate.heard(failure('system'), 1)
    await settled()
    const away = a.gate.enter()

    rows.isAway = false
    await a.gate.look()

    assert.deepEqual([away, a.gate.enter()], ['none', 'all'])
    assert.ok(observer.troubles.length > 0)
  })

  test('as it was before a finding does not undo it', async (t) => {
    const { rows, a, settled } = setup(t)

    const asked = a.gate.look()
    a.gate.heard(failure('system'), 1)
    await asked
    const meanwhile = a.gate.enter()
    await settled()

    assert.deepEqual([meanwhile, a.gate.enter(), rows.row('alpha').breaker], ['none', 'none', 'open'])
  })

  test('pauses and resumes the worker, and each change is told once', async (t) => {
    const { rows, a } = setup(t)

    for (const paused of [true, true, false, false]) {
      rows.row('alpha').paused = paused
      await a.gate.look()
    }

    assert.deepEqual(a.changes, [false, true])
  })

  test('that is paused lets nobody probe', async (t) => {
    const { rows, a, settled } = setup(t)
    a.gate.heard(failure('system'), 1)
    await settled()
    rows.row('alpha').paused = true
    rows.nowMs = 5_000

    await a.gate.look()

    assert.deepEqual([a.gate.enter(), rows.row('alpha').breaker], ['none', 'open'])
  })
})

/** The breaker has opened, and its first probe is with worker `a`. */
async function halfOpen(t: { after: (done: () => void) => void }, { inHand = true } = {}) {
  const fleet = setup(t)
  fleet.a.gate.heard(failure('system'), 1)
  await fleet.settled()
  fleet.rows.nowMs = 5_000
  await fleet.a.gate.look()
  await fleet.b.gate.look()
  if (inHand) assert.equal(fleet.a.gate.enter(), 'probe')
  return fleet
}
