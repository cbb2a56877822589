import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchSla } from './watch-sla.ts'

test('promises that were broken are counted, and nothing where none was', async () => {
  const found = [0, 3, 500]
  const counted: unknown[] = []
  const maintenance = { breachDue: async () => found.shift() ?? 0 }
  const runOnce = watchSla({ maintenance, observer: { count: (...what: unknown[]) => void counted.push(what) } })

  const rounds = [await runOnce(), await runOnce(), await runOnce()]

  assert.deepEqual(counted, [
    ['sla_breached', 3],
    ['sla_breached', 500],
  ])
  assert.deepEqual(
    rounds.map(({ more }) => more),
    [false, false, true],
  )
})
