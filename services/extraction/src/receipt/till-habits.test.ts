import assert from 'node:assert/strict'
import { test } from 'node:test'
import { habitKeys, habitOf, recordOf, withHabit, type TillHabit } from './till-habits.ts'

const HABIT: TillHabit = { receipts: 9, forms: { total: [9, 9], paid: [9, 1] } }

test('the entry that rests on most receipts speaks for a vendor', () => {
  const [number = '', name = ''] = habitKeys(['123456A'], 'Mill Shop')
  const few = { receipts: 2, forms: {} }

  assert.equal(habitOf({ [number]: few, [name]: HABIT }, [number, name]), HABIT)
  assert.equal(habitOf({ [number]: few }, [number, name]), few)
  assert.equal(habitOf({}, [number, name]), undefined)
})

test('a vendor is the same in any spelling of its name; no name is no key', () => {
  assert.deepEqual(habitKeys([], 'Mill Shop'), habitKeys([], 'MILL-SHOP'))
  assert.deepEqual(habitKeys([], ' '), [])
})

test('a candidate is told how often its form was right with this vendor', () => {
  const candidates = ['total', 'paid', 'change'].map((form) => ({ form, features: new Map([['own', 1]]) }))

  const features = withHabit(candidates, HABIT).map((candidate) => [...candidate.features.keys()].slice(1))

  assert.deepEqual(features, [
    ['habit:always', 'habit:always4'],
    ['habit:seldom', 'habit:seldom4'],
    ['habit:other', 'habit:other4'],
  ])
  assert.deepEqual([...withHabit(candidates.slice(0, 1), undefined)[0]!.features.keys()], ['own', 'habit:new'])
  assert.deepEqual([...candidates[0]!.features.keys()], ['own'])
})

test('a form that never was right counts as not seen, as models leave it out', () => {
  assert.deepEqual(recordOf({ receipts: 3, forms: { a: [3, 0] } }, 'a'), { receipts: 3, seen: 0, right: 0 })
})
