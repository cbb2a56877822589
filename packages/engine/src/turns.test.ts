import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turns, type Turn } from './turns.ts'

/** Turns that were asked for at once, as they come. */
function setup(count: number, turns: Turns) {
  const had: Turn[] = []
  for (let i = 0; i < count; i += 1) void turns.next().then((turn) => had.push(turn))
  const settled = async () => {
    for (let i = 0; i < 5; i += 1) await new Promise(setImmediate)
  }
  return { had, settled }
}

test('one computes at a time, in the order in which they came', async () => {
  const { had, settled } = setup(3, new Turns())

  await settled()
  assert.equal(had.length, 1)

  had[0]!.end()
  had[0]!.end()
  await settled()
  assert.equal(had.length, 2, 'one turn ends once')
})

test('as many as may wait for their record do, and each that leaves lets another begin', async () => {
  const { had, settled } = setup(4, new Turns(2))
  await settled()
  had[0]!.end()
  await settled()
  had[1]!.end()
  await settled()
  assert.equal(had.length, 2)

  had[0]!.leave()
  had[0]!.leave()
  await settled()
  assert.equal(had.length, 3)

  had[2]!.leave()
  await settled()
  assert.equal(had.length, 4, 'who leaves computes nothing any more, either')
})

test('a long row of computations leaves the event loop its turns', async () => {
  const turns = new Turns()
  let rounds = 0
  const count = () => {
    rounds += 1
    ticking = setImmediate(count)
  }
  let ticking = setImmediate(count)
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      const turn = await turns.next()
      const until = performance.now() + 2
      while (performance.now() < until);
      turn.leave()
    }),
  )
  clearImmediate(ticking)

  assert.ok(rounds >= 3, `${rounds} rounds`)
})
