import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitingCalls } from './waiting-calls.ts'

test('calls count as waiting until they settle, well or not, and the oldest waits longest', async () => {
  let now = 0
  const waits = waitingCalls(() => now)
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]

  const failing = waits.watch(() => first.promise)
  now = 300
  const other = waits.watch(() => second.promise)
  now = 1_000
  const both = [waits.count(), waits.longestMs()]
  first.reject(new Error('lost'))
  await assert.rejects(failing)
  const one = [waits.count(), waits.longestMs()]
  second.resolve()
  await other

  assert.deepEqual(
    [both, one, [waits.count(), waits.longestMs()]],
    [
      [2, 1_000],
      [1, 700],
      [0, 0],
    ],
  )
})
