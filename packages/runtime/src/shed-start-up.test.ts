import assert from 'node:assert/strict'
import test from 'node:test'
import { getHeapStatistics } from 'node:v8'
import { shedStartUp } from './shed-start-up.ts'

const heapMb = () => getHeapStatistics().total_heap_size / 2 ** 20

test('what starting has left behind is given back', () => {
  const before = heapMb()
  let used: unknown[] | undefined = Array.from({ length: 400_000 }, (_, i) => ({ i }))
  assert.ok(used.length > 0 && heapMb() > before + 10)
  used = undefined

  shedStartUp()

  assert.ok(heapMb() < before + 5, `${before} MB before, ${heapMb()} MB after`)
  assert.equal('gc' in globalThis, false)
})
