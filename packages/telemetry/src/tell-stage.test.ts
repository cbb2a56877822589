import assert from 'node:assert/strict'
import test from 'node:test'
import { observed } from './testing/observed.ts'

const failure = { kind: 'system', code: 'x.down', message: 'It is down' } as const
const told = [
  { event: { event: 'breaker_opened', stage: 'scoring', failure }, level: 'error', msg: 'breaker opened' },
  { event: { event: 'probe_failed', stage: 'scoring', failure }, level: 'warn', msg: 'breaker probe failed' },
  { event: { event: 'breaker_closed', stage: 'scoring' }, level: 'info', msg: 'breaker closed' },
  { event: { event: 'limited', stage: 'scoring', failure, ms: 3_000 }, level: 'warn', msg: 'stage limited' },
] as const

for (const { event, level, msg } of told) {
  test(`a stage's ${event.event} is one line "${msg}", level ${level}, and one count`, async () => {
    const { telemetry, lines, metrics } = observed()

    telemetry.observer.stage(event)

    const { text } = await metrics()
    assert.deepEqual(
      lines().map((line) => [line.level, line.msg, line['stage'], line['code']]),
      [[level, msg, 'scoring', 'failure' in event ? 'x.down' : undefined]],
    )
    assert.match(text, new RegExp(`^stageline_stage_holds_total\\{stage="scoring",event="${event.event}"\\} 1$`, 'm'))
  })
}
