import assert from 'node:assert/strict'
import { test } from 'node:test'
import { habitKeys, habitOf, recordOf, withHabit, type TillHabit } from './till-habits.ts'

const DAYS = [10, 11, 12, 13, 14, 15, 16, 17, 700]
const HABIT: TillHabit = {
  days: DAYS,
  forms: { total: [9, DAYS], paid: [9, [700]] },
  writings: { plain: DAYS.slice(0, 8), currency: [700] },
}

test('the entry that rests on most receipts speaks for a vendor', () => {
  const [number = '', name = ''] = habitKeys(['123456A'], 'Mill Shop')
  const few = { days: [1, 2], forms: {}, writings: {} }

  assert.equal(habitOf({ [number]: few, [name]: HABIT }, [number, name]), HABIT)
  assert.equal(habitOf({ [number]: few }, [number, name]), few)
  assert.equal(habitOf({}, [number, name]), undefined)
})

test('a vendor is the same in any spelling of its name; no name is no key', () => {
  assert.deepEqual(habitKeys([], 'Mill Shop'), habitKeys([], 'MILL-SHOP'))
  assert.deepEqual(habitKeys([], ' '), [])
})

test('a candidate is told how often its form was right with this vendor', () => {
  const candidates = ['total', 'paid', 'change'].map(shown)

  const features = withHabit(candidates, HABIT).map((candidate) => [...candidate.features.keys()].slice(1))

  assert.deepEqual(features, [
    ['habit:always', 'habit:always4'],
    ['habit:seldom', 'habit:seldom4'],
    ['habit:other', 'habit:other4'],
  ])
  assert.deepEqual([...withHabit(candidates.slice(0, 1), undefined)[0]!.features.keys()], ['own', 'habit:new'])
  assert.deepEqual([...candidates[0]!.features.keys()], ['own'])
})

test('on a day near to those of other receipts, their way of writing speaks for a candidate', () => {
  const near = (writing: string, day: number) =>
    withHabit([{ ...shown('total'), writing }], HABIT, day)[0]!.features.get('written near') ?? 0

  assert.ok(near('plain', 12) > 1 && near('currency', 12) < -1)
  assert.ok(near('currency', 701) > 0.3 && near('plain', 701) < -0.3)
  assert.equal(withHabit([shown('total')], HABIT)[0]!.features.has('written near'), false)
})

test('a form that never was right counts as not seen, as models leave it out', () => {
  const habit: TillHabit = { days: [1, 2, 3], forms: { total: [3, []] }, writings: {} }

  const { seen, right, receipts } = recordOf(habit, shown('total'))

  assert.deepEqual({ seen, right, receipts }, { seen: 0, right: 0, receipts: 3 })
})

function shown(form: string) {
  return { form, writing: 'plain', features: new Map([['own', 1]]) }
}
