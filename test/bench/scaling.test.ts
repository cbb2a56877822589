import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delayHours, needsOf, rateAt, waitOf } from './scaling.ts'

const near = (value: number, expected: number) =>
  assert.ok(Math.abs(value - expected) < 1e-6 * Math.max(1, expected), `${value} is not ${expected}`)

const MEASURED = {
  cpuSecondsPer1000: { intake: 0.1, worker: 0.5, orchestrator: 0.01, postgres: 0.2, redis: 0.02 },
  variation: 1,
  bytesPerJob: { record: 5_000, wal: 8_000, waitingInRedis: 100 },
}
const LIMITS = { postgresCores: 16, walBytesPerSecond: 2e8, recordBytes: 1e12, redisCores: 1, redisBytes: 8e9 }
const ASSUMED = { peak: 2, utilisation: 0.5, retentionDays: 10, standstillHours: 1 }

test('one server waits as M/M/1 does, half as long where all take the same time', () => {
  const one = { rate: 8, service: 0.1, servers: 1 }
  near(waitOf({ ...one, variation: 1 }), 0.4)
  near(waitOf({ ...one, variation: 0 }), 0.2)
})

test('two servers wait as M/M/2 does, and too few for ever', () => {
  // Erlang C of 1.5 on 2 is 9/14.
  near(waitOf({ rate: 1.5, service: 1, servers: 2, variation: 1 }), 9 / 14 / 0.5)
  assert.equal(waitOf({ rate: 2, service: 1, servers: 2, variation: 1 }), Number.POSITIVE_INFINITY)
})

test('a day has its mean, its crest at noon, and waits only where less is worked than comes', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => rateAt(hour, 2))
  near(hours.reduce((sum, one) => sum + one, 0) / 24, 1)
  near(Math.max(...hours), 2)
  assert.equal(hours.indexOf(Math.max(...hours)), 12)
  assert.equal(delayHours(2, 2), 0)
  assert.ok(delayHours(2, 1.1) > delayHours(2, 1.5) && delayHours(2, 1.5) > 0)
})

test('needs grow with the jobs, and the limit that is nearest is named', () => {
  const need = needsOf(86_400_000, MEASURED, LIMITS, ASSUMED)
  near(need.peakPerSecond, 2_000)
  assert.deepEqual([need.workers, need.intakes, need.orchestrators], [2, 1, 1])
  near(need.postgresCores, 0.8)
  near(need.walBytesPerSecond, 16e6)
  near(need.recordBytes, 4.32e12)
  near(need.redisBytes, 720e6)
  assert.equal(need.binds, 'recordBytes')
  near(need.shares.recordBytes, 4.32)
  near(needsOf(172_800_000, MEASURED, LIMITS, ASSUMED).postgresCores, 1.6)
  assert.equal(needsOf(1, MEASURED, LIMITS, ASSUMED).workers, 1)
})
