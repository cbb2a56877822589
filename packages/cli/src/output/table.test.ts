import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'node:test'
import { bar, progressLine } from './progress-line.ts'
import { table, type Column } from './table.ts'

type Row = { id: string; title: string }

const COLUMNS: Column<Row>[] = [
  { title: 'id', of: ({ id }) => id },
  { title: 'title', of: ({ title }) => title, shrinkTo: 6 },
]

describe('a table', () => {
  it('cuts what is to be read, not what is to be copied', () => {
    const text = table([{ id: '0123456789', title: 'A rather long title' }], COLUMNS, 20)

    assert.equal(text, 'ID          TITLE\n0123456789  A rathe…')
  })

  it('becomes paragraphs where it is too narrow for columns', () => {
    assert.equal(table([{ id: '0123456789', title: 'Title' }], COLUMNS, 12), 'id     0123456789\ntitle  Title')
  })

  it('keeps everything where there is no width, so that it can be searched', () => {
    const title = 'x'.repeat(500)

    assert.match(table([{ id: '1', title }], COLUMNS, Infinity), new RegExp(`^1   x{500}$`, 'm'))
  })

  it('never steers the terminal, whatever stands in it, and never is wider than it', () => {
    const rows = fc.array(fc.record({ id: fc.stringMatching(/^[\da-f]{4}$/), title: fc.string({ unit: 'binary' }) }), {
      minLength: 1,
    })

    fc.assert(
      fc.property(rows, fc.integer({ min: 12, max: 60 }), (some, width) => {
        const lines = table(some, COLUMNS, width).split('\n')
        assert.equal(lines.length, some.length + 1)
        for (const line of lines) {
          assert.ok(line.length <= width, line)
          // oxlint-disable-next-line no-control-regex -- what must not be there
          assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202e]/)
        }
      }),
    )
  })
})

describe('a line of progress', () => {
  const stream = (isTTY: boolean) => {
    const written: string[] = []
    const out = { isTTY, columns: 30, write: (text: string) => written.push(text) }
    return { written, out: out as unknown as NodeJS.WriteStream }
  }

  it('writes over itself within the width of the terminal, and is gone at the end', () => {
    const { written, out } = stream(true)

    {
      using line = progressLine(out, {})
      line.update((width) => 'x'.repeat(width + 5))
    }

    assert.deepEqual(written, [`\r\u001b[K${'x'.repeat(28)}…`, '\r\u001b[K'])
  })

  it('is not there without a terminal', () => {
    for (const [isTTY, env] of [
      [false, {}],
      [true, { TERM: 'dumb' }],
    ] as const) {
      const { written, out } = stream(isTTY)
      {
        using line = progressLine(out, env)
        line.update(() => 'x')
      }
      assert.deepEqual(written, [])
    }
  })

  it('is full only when all is done', () => {
    assert.equal(bar(999, 1000, 10), '█████████░  99 %')
    assert.equal(bar(1000, 1000, 10), '██████████ 100 %')
    assert.equal(bar(0, 0, 4), '████ 100 %')
  })
})
