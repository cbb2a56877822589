import { startLine } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { query, type Line } from './line.ts'
import { runExample } from './run-example.ts'

describe('the example of part records', () => {
  let line: Line
  let warehouse: string
  before(async () => {
    warehouse = await mkdtemp(join(tmpdir(), 'stageline-warehouse-'))
    assert.match(await runExample('part-records/make-warehouse.ts', [warehouse]), /^10 parts in /)
    line = await startLine({ env: { STAGELINE_SOURCE_DIR: warehouse } })
  })
  after(async () => {
    await line?.[Symbol.asyncDispose]()
    await rm(warehouse, { recursive: true, force: true })
  })

  it('by the command line: batches, decisions with their rules, a fallback to a person, and what waits', async () => {
    const said = await runExample('part-records/by-cli.sh', [], line)

    const [, sources, dry, forced, day, decided, waiting] = said.split('\n== ')
    assert.match(sources!, /"parts" is saved, version 1\n10 read, 0 of them refused\n[^]*NXR-1009 .*very_low/)
    assert.match(dry!, /would submit +7\n {2}to automation +5\n {2}to person +2\nleft out +3\n/)
    assert.match(forced!, /submitted +2\n[^]*jobs +2, 2 of them through\n {2}suspended +2\n/)
    assert.match(day!, /submitted +9\nleft out +1\njobs +9, 9 of them through\n/)
    for (const state of [/^ {2}completed +5$/m, /^ {2}suspended +4$/m]) assert.match(day!, state)
    assert.match(decided!, /person +completeness_high +[^]*automation +completeness_medium +[^]*suspended/)
    assert.doesNotMatch(decided!, /NO\n/)
    assert.match(waiting!, /^What waits for people\nTASK +TITLE/)
    assert.deepEqual(await tasksOfTheDay(line), [
      ['intake', 'NXR-1001'],
      ['intake', 'NXR-1002'],
      ['intake', 'NXR-1006'],
      ['review', 'NXR-1010'],
    ])
  })

  it('by HTTP: the same', async () => {
    const said = await runExample('part-records/by-http.ts', [], line)

    const [, sources, batch, decided, fallbacks, waiting] = said.split('\n== ')
    assert.match(sources!, /NXR-1001 +person +completeness_high\n[^]*NXR-1007 +automation +completeness_low\n/)
    assert.match(batch!, /completed: 10 read, 7 submitted, 3 below the threshold\n/)
    assert.match(decided!, /NXR-1003 +automation +completeness_medium +completed\n/)
    assert.match(decided!, /NXR-1010 +automation +completeness_low +suspended\n/)
    assert.match(fallbacks!, /^What automation was given[^\n]*\nreview +[^\n]+\(invalid_data\)\n$/)
    assert.match(waiting!, /review +.*\n/)
  })
})

/** Of the largest batch so far: its tasks, and what they are about. */
async function tasksOfTheDay(line: Line): Promise<[string, string][]> {
  const rows = await query<{ type: string; business_key: string }>(
    line,
    `SELECT t.type, j.business_key FROM tasks t JOIN jobs j ON j.tenant_id = t.tenant_id AND j.id = t.job_id
      WHERE j.batch_id = (SELECT batch_id FROM jobs GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) ORDER BY 2`,
  )
  return rows.map(({ type, business_key: key }) => [type, key])
}
