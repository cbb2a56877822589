import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ScenarioReport } from './line/scenario.ts'
import { mergeReports, reportTable } from './report-table.ts'

const report = (row: number, name: string, more: Partial<ScenarioReport> = {}): ScenarioReport => ({
  row,
  name,
  title: '',
  seed: 7,
  fired: 1,
  accepted: 100,
  lost: 0,
  doubled: 0,
  illegal: 0,
  stuck: 0,
  recoveryMedianMs: 1_000,
  recoveryMaxMs: 2_000,
  targetMs: 5_000,
  met: 'yes',
  violations: [],
  figures: { checks: 2 },
  durationS: 60,
  ...more,
})

test('rows of other runs stay, one that was run again is told anew, and the words around stay', () => {
  const page = `# Page\n\nWords.\n\n${reportTable([report(5, 'five'), report(2, 'two')])}\nMore words.\n`

  const merged = mergeReports(page, [report(5, 'five', { met: 'late', seed: 8 }), report(3, 'three')])

  const rows = merged.split('\n').filter((line) => /^\| \d/.test(line))
  assert.deepEqual(
    rows.map((line) => line.split(' | ').slice(0, 3).join(' ')),
    ['| 2 two 7', '| 3 three 7', '| 5 five 8'],
  )
  assert.match(rows[2]!, /late \|$/)
  assert.equal(merged.match(/^- `/gm)!.length, 3)
  assert.match(merged, /^# Page\n\nWords\.\n\n\| row /)
  assert.match(merged, /60 s in all\n\nMore words\.\n$/)
  assert.equal(mergeReports(merged, []), merged)
})

test('a broken invariant is seen in the table, whatever the recovery', () => {
  assert.match(reportTable([report(1, 'one', { violations: ['a job is lost'] })]), /VIOLATED \|/)
})
