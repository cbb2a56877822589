import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { ConfigError } from '@stageline/domain'
import { loadStageConfig } from './load-config.ts'

const GOOD = {
  DATABASE_URL: 'postgres://worker:secret@localhost/stageline',
  REDIS_URL: 'redis://localhost',
  STAGELINE_BLOB_DIR: '/data',
}

describe('settings of a service', () => {
  it('have defaults, and an empty variable counts as unset', () => {
    const config = loadStageConfig({ ...GOOD, PORT: '', LOG_LEVEL: '' })

    assert.deepEqual(
      [config.PORT, config.HOST, config.LOG_LEVEL, config.STAGELINE_QUEUE_PREFIX],
      [0, '127.0.0.1', 'info', 'stageline'],
    )
    assert.ok(Object.isFrozen(config))
  })

  it('that are wrong are all named at once, and secrets are not repeated', () => {
    const load = () =>
      loadStageConfig({
        DATABASE_URL: 'mysql://u:hunter2@h/d',
        PORT: '99999',
        LOG_LEVEL: 'loud',
        STAGELINE_BLOB_DIR: '/data',
      })

    assert.throws(load, (error: unknown) => {
      assert.ok(error instanceof ConfigError)
      for (const key of ['DATABASE_URL', 'REDIS_URL', 'PORT', 'LOG_LEVEL'])
        assert.match(error.message, new RegExp(`  ${key}: `))
      assert.match(error.message, /got "99999"/)
      assert.doesNotMatch(error.message, /hunter2/)
      return true
    })
  })

  it('may name Redis as a server, by its sentinels or as a cluster, and say how when they do not', () => {
    for (const url of ['redis://h', 'redis+sentinel://s1,s2/mymaster', 'rediss+cluster://u:p@c1:7000,c2:7000'])
      assert.equal(loadStageConfig({ ...GOOD, REDIS_URL: url }).REDIS_URL, url)

    assert.throws(
      () => loadStageConfig({ ...GOOD, REDIS_URL: 'redis+sentinel://u:hunter2@s1,s2' }),
      /REDIS_URL: does not say under which name.*redis\+sentinel:\/\/user:password@.*got a value that is not shown/,
    )
  })

  it('keep the names and the defaults of what the line is made from, in seconds where they say seconds', () => {
    const config = loadStageConfig(GOOD)

    assert.equal(config.WORKFLOW_MAX_RETRIES, 3)
    assert.equal(config.MAX_AUTOMATION_FAILURES, 3)
    assert.equal(config.WORKFLOW_RETRY_BACKOFF, undefined)
    assert.equal(config.WORKFLOW_RETRY_BACKOFF_MULTIPLIER, 2)
    assert.equal(config.WORKFLOW_PROCESSING_TIMEOUT, 300_000)
    assert.equal(config.WORKFLOW_LOCK_TIMEOUT, 10_000)
    assert.equal(config.WORKFLOW_NUM_WORKERS, undefined)
    assert.equal(config.ENABLE_WORKFLOW_METRICS, true)
    assert.equal(config.ENABLE_DISTRIBUTED_LOCKING, true)
    assert.equal(loadStageConfig({ ...GOOD, WORKFLOW_PROCESSING_TIMEOUT: '0.5' }).WORKFLOW_PROCESSING_TIMEOUT, 500)
    assert.equal(loadStageConfig({ ...GOOD, ENABLE_WORKFLOW_METRICS: 'off' }).ENABLE_WORKFLOW_METRICS, false)
  })

  for (const [name, value, expected] of [
    ['WORKFLOW_MAX_RETRIES', '3.5', 'expected int'],
    ['WORKFLOW_RETRY_BACKOFF', '1m', 'expected number'],
    ['WORKFLOW_RETRY_BACKOFF_MULTIPLIER', '0.5', '>=1'],
    ['WORKFLOW_PROCESSING_TIMEOUT', '0', '>=0.001'],
    ['WORKFLOW_LOCK_TIMEOUT', '1', '>=5'],
    ['WORKFLOW_NUM_WORKERS', '0', '>=1'],
    ['ENABLE_WORKFLOW_METRICS', 'maybe', '"true"|'],
    ['ENABLE_DISTRIBUTED_LOCKING', 'false', 'Expected true: locking cannot be switched off'],
  ] as const) {
    it(`refuse ${name}=${value}, and say what would do`, () => {
      const load = () => loadStageConfig({ ...GOOD, [name]: value })

      assert.throws(load, ({ message }: Error) => {
        const line = message.split('\n').find((text) => text.startsWith(`  ${name}: `)) ?? message
        assert.ok(line.includes(expected) && line.endsWith(`got ${JSON.stringify(value)}`), line)
        return true
      })
    })
  }

  it('of a stage come beside the common ones', () => {
    const config = loadStageConfig({ ...GOOD, MODEL_TEMPERATURE: '0.5' }, { MODEL_TEMPERATURE: z.coerce.number() })

    assert.equal(config.MODEL_TEMPERATURE, 0.5)
  })
})
