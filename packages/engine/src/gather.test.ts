import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askTogether, gather } from './gather.ts'

/** A gatherer whose runs end when the test says so. */
function setup(limits: { maxItems: number; maxBytes?: number } = { maxItems: 100 }) {
  const runs: {
    items: number[]
    end: (results?: readonly (number | Promise<never>)[]) => void
    fail: (e: Error) => void
  }[] = []
  const call = gather(
    (items: number[]) =>
      new Promise<readonly (number | Promise<never>)[]>((resolve, reject) => {
        runs.push({ items, end: (results = items.map((n) => n * 10)) => resolve(results), fail: reject })
      }),
    { ...limits, sizeOf: (item) => item },
  )
  return { runs, call }
}

const turn = async (): Promise<void> => {
  for (let i = 0; i < 3; i += 1) await new Promise(setImmediate)
}

test('what comes in one turn travels together, and each gets its own result in order', async () => {
  const { runs, call } = setup()
  const results = Promise.all([call(1), call(2), call(3)])
  await turn()

  runs[0]!.end()

  assert.deepEqual(runs[0]!.items, [1, 2, 3])
  assert.deepEqual(await results, [10, 20, 30])
})

test('one group is under way at a time; what comes meanwhile goes with the next', async () => {
  const { runs, call } = setup()
  const first = call(1)
  await turn()
  const later = Promise.all([call(2), call(3)])
  await turn()
  assert.equal(runs.length, 1)

  runs[0]!.end()
  await first
  await turn()
  runs[1]!.end()

  assert.deepEqual(runs[1]!.items, [2, 3])
  assert.deepEqual(await later, [20, 30])
})

test('a group holds no more items than allowed', async () => {
  const { runs, call } = setup({ maxItems: 2 })
  const results = Promise.all([1, 2, 3].map(call))
  await turn()
  runs[0]!.end()
  await turn()
  runs[1]!.end()

  assert.deepEqual(await results, [10, 20, 30])
  assert.deepEqual(
    runs.map(({ items }) => items),
    [[1, 2], [3]],
  )
})

test('a group holds no more bytes than allowed, yet an item that is larger still travels, alone', async () => {
  const { runs, call } = setup({ maxItems: 100, maxBytes: 10 })
  const results = Promise.all([6, 4, 1, 50].map(call))
  for (let i = 0; i < 3; i += 1) {
    await turn()
    runs[i]!.end()
  }
  await results

  assert.deepEqual(
    runs.map(({ items }) => items),
    [[6, 4], [1], [50]],
  )
})

test('an error goes to its own group, and the next one is worked', async () => {
  const { runs, call } = setup()
  const first = call(1)
  await turn()
  const second = call(2)
  runs[0]!.fail(new Error('broken'))
  await assert.rejects(first, /broken/)
  await turn()

  runs[1]!.end()

  assert.equal(await second, 20)
})

test('a rejected result goes to its own call only', async () => {
  const { runs, call } = setup()
  const [bad, good] = [call(1), call(2)]
  await turn()

  runs[0]!.end([Promise.reject(new Error('this one')), 20])

  await assert.rejects(bad, /this one/)
  assert.equal(await good, 20)
})

test('equal questions of one turn are asked once; who comes later is not given an older answer', async () => {
  const asked: string[] = []
  const ends: (() => void)[] = []
  const look = askTogether(async (name: string) => {
    asked.push(name)
    const answer = asked.length
    await new Promise<void>((resolve) => ends.push(resolve))
    if (name === 'bad') throw new RangeError('No')
    return answer
  }, {})
  const first = Promise.allSettled([look('a'), look('bad'), look('a')])
  await turn()
  const later = look('a')
  for (const end of ends) end()

  const answers = await first
  await turn()
  ends.at(-1)!()

  assert.deepEqual(
    answers.map((one) => (one.status === 'fulfilled' ? one.value : 'rejected')),
    [1, 'rejected', 1],
  )
  assert.equal(await later, 3)
  assert.deepEqual(asked, ['a', 'bad', 'a'])
})

test('an answer that does not come holds up nobody who asks something else', async () => {
  const look = askTogether(
    (name: string) => (name === 'slow' ? new Promise<string>(() => undefined) : Promise.resolve(name)),
    {},
  )
  void look('slow')
  await turn()

  assert.equal(await look('quick'), 'quick')
})

test('whoever comes beyond the limits of waiting is refused, and so is whoever has waited too long', async () => {
  const ends: (() => void)[] = []
  const run = (items: number[]) => new Promise<number[]>((resolve) => ends.push(() => resolve(items)))
  const call = gather(run, { maxItems: 1, sizeOf: (item) => item, maxWaiting: 2, maxWaitingBytes: 10, maxWaitMs: 30 })
  const busy = { kind: 'system', code: 'intake.busy' }
  const first = call(1)
  await turn()
  const [second, tooLarge, third, tooMany] = [call(2), call(9), call(3), call(1)]

  await Promise.all([assert.rejects(tooLarge, busy), assert.rejects(tooMany, busy)])
  await new Promise((resolve) => setTimeout(resolve, 50))
  ends[0]!()

  assert.equal(await first, 1)
  await Promise.all([assert.rejects(second, busy), assert.rejects(third, busy)])
  assert.equal(ends.length, 1)
})
