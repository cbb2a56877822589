import { ApiProblem } from '@stageline/client'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EXIT } from './exit-codes.ts'
import { explain } from './explain.ts'

const URL = 'http://line'
const problem = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  explain(new ApiProblem(new Response(null, { status, headers }), body), URL)

describe('what went wrong', () => {
  it('is told with its places, and by an exit code that scripts can decide by', () => {
    const errors = [{ pointer: '/input/record', detail: 'is missing' }]
    const told = problem(422, { title: 'Does not fit', detail: 'is missing', code: 'input.invalid', errors })

    assert.equal(told?.code, EXIT.refused)
    assert.equal(told?.message, 'Does not fit\n    /input/record  is missing')
    assert.equal(told?.where, 'http://line, 422 input.invalid')
  })

  it('tells apart what helps: another id, another key, another time', () => {
    const codes = [
      [404, 'resource.unknown'],
      [401, 'auth.unknown_key'],
      [409, 'action.refused'],
      [429, 'limit.open_jobs'],
      [503, 'service.unavailable'],
      [500, 'internal.error'],
    ] as const

    assert.deepEqual(
      codes.map(([status, code]) => problem(status, { title: 'T', code })?.code),
      [EXIT.notFound, EXIT.refused, EXIT.refused, EXIT.refused, EXIT.unreachable, EXIT.failed],
    )
    const later = problem(503, { title: 'T', code: 'service.full' }, { 'retry-after': '7' })
    assert.match(later?.mend[0] ?? '', /Try again in 7 s/)
  })

  it('is that somebody else answers, where the answer is no line', () => {
    for (const told of [problem(404, undefined), explain(new SyntaxError('<html>'), URL)])
      assert.deepEqual(
        [told?.code, told?.message],
        [EXIT.unreachable, 'What answers at http://line is not a Stageline gateway'],
      )
  })

  it('is a line that is away, where a proxy answers for it', () => {
    const told = problem(502, undefined)

    assert.deepEqual(
      [told?.code, told?.mend],
      [EXIT.unreachable, ['Try again a little later; what was accepted goes on']],
    )
  })

  it('is no trouble of the user where the command itself is at fault', () => {
    assert.equal(explain(new TypeError('x is not a function'), URL), undefined)
  })
})
