import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SampleRun } from './sample-run.ts'
import { resultTable, tally } from './show-samples.ts'

test('where there is room, an outcome stands beside its title and columns agree', () => {
  const [first, , second] = resultTable([run('short'), run('a longer one')], Infinity).split('\n')

  assert.match(first ?? '', /short {9}completed · invoice/)
  assert.match(second ?? '', /a longer one {2}completed · invoice/)
})

test('on a narrow screen nothing is wider than it', () => {
  const lines = resultTable([run('a title of medium length')], 60).split('\n')

  assert.deepEqual(
    lines.filter((line) => line.length > 60),
    [],
  )
  assert.match(lines[1] ?? '', /^ {4}completed · invoice/)
})

test('what nothing was expected of is counted apart', () => {
  const asked = run('asked')
  const free = run('free')
  free.sample.expect = { outcome: 'any' }

  assert.equal(tally([asked, free]), '1 of 1 samples ended as expected')
  assert.equal(tally([free]), '1 document is through')
})

function run(title: string): SampleRun {
  const source = { method: 'text', page: 1, box: [10, 20, 30, 40] }
  const names = ['invoice_number', 'seller_name', 'issue_date', 'gross_total']
  return {
    sample: { name: title, title, workflow: 'document', file: 'x', expect: { outcome: 'completed' } },
    earlier: false,
    job: { id: '1', state: 'completed', stage: null, steps: [], lastError: null, decisions: [], openTasks: [] },
    outputs: {
      kind: 'invoice',
      score: 1,
      fields: Object.fromEntries(names.map((name) => [name, { value: 'x', source }])),
    },
  }
}
