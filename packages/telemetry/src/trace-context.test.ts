import assert from 'node:assert/strict'
import test from 'node:test'
import { formatTraceparent, parseTraceparent } from './trace-context.ts'

const ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

test('a traceparent is read and written back as it was', () => {
  const text = `00-${ID}-${SPAN}-01`

  const context = parseTraceparent(text)

  assert.deepEqual(context, { traceId: ID, spanId: SPAN, traceFlags: 1, isRemote: true })
  assert.equal(formatTraceparent(context), text)
})

const refused = [
  null,
  undefined,
  '',
  ID,
  `ff-${ID}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${ID}-${'0'.repeat(16)}-01`,
  `00-${ID.toUpperCase()}-${SPAN}-01`,
  `00-${ID}-${SPAN}-01\n`,
  `00-${ID}-${SPAN}-01-more`,
]
for (const text of refused) {
  test(`${JSON.stringify(text)} is no traceparent`, () => {
    assert.equal(parseTraceparent(text), null)
  })
}
