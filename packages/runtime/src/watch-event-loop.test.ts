import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

const MODULE = new URL('./watch-event-loop.ts', import.meta.url).href

/** A process that is watched with a limit of 1 s and then does as `body` says. */
function setup(body: string, stuckLimitMs = 1_000) {
  const source = `import { watchEventLoop } from '${MODULE}'
    const watch = watchEventLoop({ service: 'probe', stuckLimitMs: ${stuckLimitMs} })
    console.log('ready')
    ${body}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], { stdio: 'pipe' })
  let [said, told] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text))
  const ready = once(child.stdout, 'data')
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  return {
    child,
    ready,
    end: async () => {
      const [code, signal] = await ended
      return { code, signal, said, told }
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

describe('the watch over the event loop', () => {
  it('ends a process that never comes round again, and says so', async () => {
    using at = setup(`setTimeout(() => { for (;;); }, 300)`)

    const { signal, said } = await at.end()

    assert.equal(signal, 'SIGKILL')
    const line: unknown = JSON.parse(said)
    assert.ok(typeof line === 'object' && line !== null && 'msg' in line && 'service' in line)
    assert.deepEqual([line.msg, line.service], ['event loop stuck', 'probe'])
  })

  it('ends one that is stuck in promises', async () => {
    using at = setup(`const turn = () => Promise.resolve().then(turn); setTimeout(turn, 300)`)

    assert.equal((await at.end()).signal, 'SIGKILL')
  })

  it('leaves one alone that is only late', async () => {
    using at = setup(`
      const block = (ms) => { const until = performance.now() + ms; while (performance.now() < until); }
      for (let i = 0; i < 4; i += 1) { block(500); await new Promise((resolve) => setTimeout(resolve, 300)) }
      process.exit(7)`)

    assert.deepEqual(await at.end().then(({ code, said }) => [code, said]), [7, ''])
  })

  it('does not blame a process for the time in which it was stopped as a whole', async () => {
    using at = setup(`setTimeout(() => process.exit(7), 5_000)`)
    await at.ready

    at.child.kill('SIGSTOP')
    // The time for which it is stopped is what is tested.
    await delay(3_000)
    at.child.kill('SIGCONT')

    assert.deepEqual(await at.end().then(({ code, said }) => [code, said]), [7, ''])
  })

  it('only watches where the limit is 0', async () => {
    using at = setup(
      `const until = performance.now() + 2_000; while (performance.now() < until);
       setTimeout(() => { console.log('late', watch.lateMs() > 1_000); process.exit(7) }, 600)`,
      0,
    )

    const { code, told } = await at.end()

    assert.equal(code, 7)
    assert.match(told, /late true/)
  })

  it('does not keep a process alive that has nothing left to do', async () => {
    using at = setup('')

    assert.equal((await at.end()).code, 0)
  })
})
