import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HandlersAtWork } from './handlers-at-work.ts'
import type { StepRef } from './ports/index.ts'

const ref: StepRef = { tenantId: 't', jobId: 'j', step: 'a', fence: 1 }
const never = new Promise<never>(() => undefined)

function setup(graceMs = 5) {
  const shutdown = new AbortController()
  const told: StepRef[] = []
  const handlers = new HandlersAtWork({
    graceMs,
    shutdown: shutdown.signal,
    onStraggler: (step) => void told.push(step),
  })
  return { handlers, told, shutdown }
}

test('a handler that stops in its time is none to speak of, whatever it ends with', async () => {
  const { handlers, told } = setup(10_000)
  using _ = handlers.begin()

  assert.deepEqual(await handlers.ended(Promise.resolve(1), ref), { output: 1 })
  assert.equal(await handlers.ended(Promise.reject(new Error('aborted')), ref), undefined)

  assert.deepEqual(told, [])
})

test(
  'a handler that does not stop is told of, and let go when nothing else is at work',
  { timeout: 5_000 },
  async () => {
    const { handlers, told } = setup()
    const other = handlers.begin()
    using _ = handlers.begin()
    let isLetGo = false
    const ended = handlers.ended(never, ref).then(() => (isLetGo = true))
    while (told.length === 0) await new Promise(setImmediate)

    assert.deepEqual([told, isLetGo], [[ref], false])
    other[Symbol.dispose]()

    await ended
  },
)

test('handlers that do not stop do not wait for each other', { timeout: 5_000 }, async () => {
  const { handlers, told } = setup()
  using _one = handlers.begin()
  using _two = handlers.begin()

  await Promise.all([handlers.ended(never, ref), handlers.ended(never, { ...ref, step: 'b' })])

  assert.deepEqual(
    told.map(({ step }) => step),
    ['a', 'b'],
  )
})

test('a process that must let go waits a second at most', { timeout: 5_000 }, async () => {
  const { handlers, told, shutdown } = setup(60_000)
  using _ = handlers.begin()
  const ended = handlers.ended(never, ref)

  shutdown.abort()
  await ended

  assert.equal(told.length, 1)
})
