import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Health } from './health.ts'
import { watchProgress } from './watch-progress.ts'

/** A watch over something that may stand still for 6 s; `pass` lets a second go by. */
function setup(t: TestContext, isExpected: () => Promise<boolean> = async () => true) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const health = new Health(new AbortController().signal)
  const failures: string[] = []
  const at = { mark: 0 }
  const onStop = new AsyncDisposableStack()
  const fail = (error: Error) => void failures.push(error.message)
  watchProgress({ health, onStop, fail }, { name: 'fetching', mark: () => at.mark, isExpected, limitMs: 6_000 })
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i += 1) {
      t.mock.timers.tick(1_000)
      await new Promise(setImmediate)
    }
  }
  return { at, health, failures, pass }
}

describe('the watch over progress', () => {
  it('fails a service that stands still although it could go on', async (t) => {
    const { health, failures, pass } = setup(t)
    await pass(6)
    const before = health.live().status

    await pass(1)

    assert.equal(before, 200)
    assert.deepEqual(health.live().body.reason, 'no progress: fetching')
    assert.deepEqual(failures, ['No progress for 6000 ms: fetching'])
  })

  it('begins anew with every progress', async (t) => {
    const { at, failures, pass } = setup(t)
    for (let i = 0; i < 5; i += 1) {
      await pass(6)
      at.mark += 1
      await pass(1)
    }

    assert.deepEqual(failures, [])
  })

  it('blames nobody where nothing is expected or that cannot be told', async (t) => {
    let looks = 0
    const { failures, pass } = setup(t, async () => {
      looks += 1
      if (looks % 2 === 0) throw new Error('Redis is away')
      return false
    })

    await pass(30)

    assert.deepEqual(failures, [])
  })
})
