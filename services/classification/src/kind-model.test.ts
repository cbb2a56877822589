import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withDoubt } from './kind-model.ts'

const SCORES = [
  { label: 'product_page', probability: 0.98 },
  { label: 'other', probability: 0.02 },
]
const PAGE = 'Brass lamp\n49.00 €\nAdd to cart'
const NOTICE = Array.from({ length: 40 }, () => 'We use cookies to personalise content, accept them').join('\n')

test('what can be seen whole is as sure as the model is', () => {
  assert.deepEqual(withDoubt(SCORES, PAGE, {}), SCORES)
})

test('a page that a notice hides is called with doubt, and by the same name', () => {
  const [best, next] = withDoubt(SCORES, `${PAGE}\n${NOTICE}`, {})

  assert.equal(best?.label, 'product_page')
  assert.ok(best.probability < 0.7, `probability ${best.probability}`)
  assert.ok(Math.abs(best.probability + (next?.probability ?? 0) - 1) < 1e-9)
})

test('a notice that leaves a page to read takes nothing from it', () => {
  const long = Array.from({ length: 100 }, () => `${PAGE} and more of the same to read here`).join('\n')

  assert.deepEqual(withDoubt(SCORES, `${NOTICE}\n${long}`, {}), SCORES)
})

test('a kind of which few documents were seen is called with doubt, the others as before', () => {
  const few = { product_page: 0.8, other: 0.99 }
  const sure = (scores: typeof SCORES) => withDoubt(scores, PAGE, few)[0]?.probability ?? 0
  const [first, second] = SCORES.map(({ label }, index) => ({ label, probability: SCORES[1 - index]!.probability }))

  assert.ok(sure(SCORES) < 0.9, `probability ${sure(SCORES)}`)
  assert.ok(sure([second!, first!]) > 0.97)
})
