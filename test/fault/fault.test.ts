/**
 * The rows of the fault bench that are quick enough for every run of the tests. How soon each recovered is the bench's to
 * judge: here it must recover at all.
 */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { runScenario, sharedRig } from './line/run-scenario.ts'
import type { ScenarioReport } from './line/scenario.ts'
import { reportTable } from './report-table.ts'
import { SCENARIOS } from './scenarios/index.ts'

const SEED = 1
const MINUTES = 3

describe('the line survives', () => {
  const options = { seed: SEED, minutes: MINUTES, report: (line: string) => console.log(line) }
  const shared = sharedRig(options)
  const reports: ScenarioReport[] = []
  after(() => console.log(reportTable(reports)))
  after(() => shared.discard())

  for (const scenario of SCENARIOS.filter(({ inTests }) => inTests)) {
    it(scenario.title, async () => {
      const report = await runScenario(scenario, shared, options)
      const { violations, recoveryMaxMs } = report
      reports.push(report)

      assert.deepEqual(violations, [])
      assert.notEqual(recoveryMaxMs, Infinity, 'the line is whole again after every fault')
    })
  }
})
