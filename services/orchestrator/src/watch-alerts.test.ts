import type { AlertLimits, RuleAlert } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AlertSettings } from './config.ts'
import { watchAlerts } from './watch-alerts.ts'

const FOUND = {
  failing: [{ tenantId: 't', workflow: 'part', failed: 3, completed: 1, hours: 1 }],
  stuck: [],
  filling: [],
}

async function watch(given: Record<string, string> = {}) {
  const asked: AlertLimits[] = []
  const raised: RuleAlert[] = []
  const rules = {
    watch: async (limits: AlertLimits, judge: (found: typeof FOUND) => RuleAlert[]) => {
      asked.push(limits)
      return raised.push(...judge(FOUND))
    },
  }
  const result = await watchAlerts({ rules, settings: AlertSettings.parse(given) })()
  return { limits: asked[0], result, titles: raised.map(({ title }) => title) }
}

test('without settings all rules are in use', async () => {
  const { limits } = await watch()

  assert.deepEqual(limits, {
    failing: { share: 0.25, atLeast: 20, hours: 1 },
    stuckMs: 3_600_000,
    dayShare: 0.8,
  })
})

test('each rule is put out of use by a 0', async () => {
  const { limits } = await watch({ ALERT_FAILURE_SHARE: '0', ALERT_STUCK_MINUTES: '0', ALERT_DAY_SHARE: '0' })

  assert.deepEqual(limits, { failing: null, stuckMs: null, dayShare: null })
})

test('what was found is raised, and the next look is a minute away', async () => {
  const { result, titles } = await watch()

  assert.deepEqual([result, titles], [{ raised: 1, more: false }, ['Many jobs fail: part']])
})
