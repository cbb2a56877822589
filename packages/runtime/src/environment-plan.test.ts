import { effectiveRetryPlan, retryScheduleMs } from '@stageline/domain'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { environmentPlan } from './environment-plan.ts'
import { loadStageConfig } from './load-config.ts'

const NEEDED = { DATABASE_URL: 'postgres://h/d', REDIS_URL: 'redis://h', STAGELINE_BLOB_DIR: '/data' }

const schedule = (settings: NodeJS.ProcessEnv, kind: 'unknown' | 'transient' = 'unknown') =>
  retryScheduleMs(effectiveRetryPlan(environmentPlan(loadStageConfig({ ...NEEDED, ...settings }))), kind)

describe('the retry plan of the environment', () => {
  it('is three retries, after 60, 120 and 240 s, and sooner after passing errors', () => {
    assert.deepEqual(schedule({}), [60_000, 120_000, 240_000])
    assert.deepEqual(schedule({}, 'transient'), [5_000, 10_000, 20_000])
  })

  it('follows each of its settings', () => {
    const env = { WORKFLOW_MAX_RETRIES: '5', WORKFLOW_RETRY_BACKOFF: '30', WORKFLOW_RETRY_BACKOFF_MULTIPLIER: '1.5' }

    assert.deepEqual(schedule(env), [30_000, 45_000, 67_500, 101_250, 151_875])
    assert.deepEqual(schedule(env, 'transient'), schedule(env), 'a base that is given holds for every kind')
    assert.deepEqual(schedule({ WORKFLOW_MAX_RETRIES: '0' }), [])
  })
})
