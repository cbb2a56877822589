import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import { Health } from './health.ts'

const ok = async () => undefined
const away = async () => {
  throw new Error('connection refused')
}
const hung = () => new Promise<void>(() => undefined)

test('a start is under way until it is over, whatever is away afterwards', () => {
  const stop = new AbortController()
  const health = new Health(stop.signal)
  health.needs('postgres', away)

  const before = health.started()
  health.begin()
  stop.abort()
  const later = health.started()

  assert.deepEqual(before, { status: 503, body: { status: 'fail', reason: 'starting' } })
  assert.deepEqual(later, { status: 200, body: { status: 'pass' } })
})

describe('readiness', () => {
  it('names the part that is needed and away, and answers 503', async () => {
    const health = new Health(new AbortController().signal)
    health.needs('postgres', away)
    health.needs('redis', ok)

    assert.deepEqual(await health.ready(), {
      status: 503,
      body: {
        status: 'fail',
        reason: 'not available: postgres',
        checks: { postgres: { status: 'fail', output: 'refused' }, redis: { status: 'pass' } },
      },
    })
  })

  it('stays ready without a part that is only missed, and says so', async () => {
    const health = new Health(new AbortController().signal)
    health.needs('postgres', ok)
    health.misses('redis', away)

    const { status, body } = await health.ready()

    assert.deepEqual([status, body.status, body.reason], [200, 'warn', 'not available: redis'])
  })

  it('does not wait for a part that hangs', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const health = new Health(new AbortController().signal)
    health.needs('postgres', hung)

    const answer = health.ready()
    t.mock.timers.tick(1_500)

    const { status, body } = await answer
    assert.equal(status, 503)
    assert.deepEqual(body.checks, { postgres: { status: 'fail', output: 'no answer within 1500 ms' } })
  })

  it('asks a part once for all who want to know within a second', async () => {
    let asked = 0
    const health = new Health(new AbortController().signal)
    health.needs('postgres', async () => void (asked += 1))

    await Promise.all([health.ready(), health.ready()])
    await health.ready()

    assert.equal(asked, 1)
  })

  it('is over when the service stops, while the process still lives', async () => {
    const stop = new AbortController()
    const health = new Health(stop.signal)
    health.needs('postgres', ok)

    stop.abort()

    assert.deepEqual(
      [(await health.ready()).status, (await health.ready()).body.reason, health.live().status],
      [503, 'stopping', 200],
    )
  })
})

describe('liveness', () => {
  it('is over, by name, when the process makes no progress', () => {
    const health = new Health(new AbortController().signal)
    let isAlive = true
    health.lives('dispatch-due', () => isAlive)
    const before = health.live().status

    isAlive = false

    assert.equal(before, 200)
    assert.deepEqual(health.live(), { status: 503, body: { status: 'fail', reason: 'no progress: dispatch-due' } })
  })
})
