import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AutomationSettings, builtInsWith } from './automation-settings.ts'
import { loadSettings } from './load-settings.ts'
import { evaluatePolicy } from './policy.ts'

function setup(env: Record<string, string> = {}) {
  const { policies, workflows } = builtInsWith(loadSettings(AutomationSettings, env))
  const route = (name: string, factors: object) => {
    const policy = policies.find((one) => one.name === name)
    assert.ok(policy)
    return evaluatePolicy(policy, factors).route
  }
  const workflow = (key: string) => workflows.find((one) => one.key === key)
  return { route, workflow }
}
const HALF_COMPLETE = { completeness: 0.6, reliability: 0.9 }

describe('the choices of an installation', () => {
  it('have the defaults of the line', () => {
    const { route, workflow } = setup()

    assert.deepEqual(
      [0.8, 0.79].map((priority) => route('priority-threshold-v1', { priority })),
      ['automation', 'person'],
    )
    assert.deepEqual(
      [0.5, 0.49].map((priority) => route('completeness-v2', { ...HALF_COMPLETE, priority })),
      ['automation', 'person'],
    )
    assert.equal(workflow('part')?.retry?.maxAttempts, 3)
    assert.equal(workflow('part')?.onFailure, 'review')
  })

  it('bound what a day takes in, where it is routed at intake', () => {
    const bounds = (env: Record<string, string>) =>
      builtInsWith(loadSettings(AutomationSettings, env)).policies.map(({ name, maxDailyTasks }) => [
        name,
        maxDailyTasks,
      ])

    assert.ok(bounds({}).every(([, bound]) => bound === undefined))
    assert.deepEqual(Object.fromEntries(bounds({ MAX_DAILY_TASKS: '1000' })), {
      'completeness-v2': 1000,
      'priority-threshold-v1': 1000,
      'confidence-v1': undefined,
    })
    assert.throws(() => bounds({ MAX_DAILY_TASKS: '0' }), /MAX_DAILY_TASKS/)
  })

  it('move the thresholds of the policies', () => {
    const { route } = setup({ AUTOMATION_PRIORITY_THRESHOLD: '0.3', MANUAL_PRIORITY_THRESHOLD: '0.9' })

    assert.equal(route('priority-threshold-v1', { priority: 0.3 }), 'automation')
    assert.equal(route('completeness-v2', { ...HALF_COMPLETE, priority: 0.89 }), 'person')
  })

  it('change what a failure in `part` leads to, and nothing for workflows that are not routed at intake', () => {
    const { workflow } = setup({ AUTOMATION_RETRY_ATTEMPTS: '7', AUTOMATION_FAILURE_TO_MANUAL: 'false' })

    assert.equal(workflow('part')?.retry?.maxAttempts, 7)
    assert.equal(workflow('part')?.onFailure, 'fail')
    assert.deepEqual(workflow('document'), setup().workflow('document'))
  })

  it('are refused where they make no sense, all at once', () => {
    const load = () => setup({ AUTOMATION_PRIORITY_THRESHOLD: '80', AUTOMATION_FAILURE_TO_MANUAL: 'perhaps' })

    assert.throws(
      load,
      /AUTOMATION_PRIORITY_THRESHOLD: .*<=1, got "80"\n {2}AUTOMATION_FAILURE_TO_MANUAL: .*got "perhaps"/,
    )
  })
})
