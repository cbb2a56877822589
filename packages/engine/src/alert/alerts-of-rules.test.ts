import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FillingDay } from '../ports/index.ts'
import { alertsOfRules } from './alerts-of-rules.ts'

const TENANT = '00000000-0000-7000-8000-000000000001'
const JOB = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'
const NOTHING = { failing: [], stuck: [], filling: [] }
const of = (workflow: string) => ({ tenantId: TENANT, workflow })
const day = (taken: number, date = '2026-11-22'): FillingDay => ({
  ...of('part'),
  policy: 'p',
  bound: 10,
  taken,
  day: date,
})

test('where nothing was found nothing is raised', () => {
  assert.deepEqual(alertsOfRules(NOTHING), [])
})

test('a rate of failures says how many of how many, and is quiet until they are out of sight', () => {
  const found = { ...of('part'), failed: 30, completed: 10, hours: 1 }

  const [alert] = alertsOfRules({ ...NOTHING, failing: [found] })

  assert.deepEqual(
    [alert?.title, alert?.level, alert?.raisedBy],
    ['Many jobs fail: part', 'warning', 'rule:failure-rate'],
  )
  assert.match(
    alert?.detail ?? '',
    /^Automation gave up 30 jobs in the last 1 to 2 h, while 10 completed \(75 % failed\)/,
  )
  assert.equal(alert?.quietMs, 2 * 3_600_000)
})

test('alerts of one rule about one workflow are the same, whatever the numbers; others are not', () => {
  const failing = (workflow: string, failed: number) => ({ ...of(workflow), failed, completed: 0, hours: 1 })
  const stuck = { ...of('part'), jobs: 3, oldestJobId: JOB, since: '2026-11-22T04:00:00.000Z' }

  const alerts = alertsOfRules({
    failing: [failing('part', 30), failing('part', 40), failing('document', 30)],
    stuck: [stuck],
    filling: [],
  })

  const [first, again, other, others] = alerts.map(({ sameAs, subjectId }) => ({ sameAs, subjectId }))
  assert.deepEqual(first, again)
  assert.equal(new Set([first, other, others].map((one) => one?.sameAs)).size, 3)
  assert.equal(new Set([first, other, others].map((one) => one?.subjectId)).size, 3)
})

test('stuck jobs are told with the one that has not moved for longest', () => {
  const stuck = { ...of('part'), jobs: 3, oldestJobId: JOB, since: '2026-11-22T04:00:00.000Z' }

  const [alert] = alertsOfRules({ ...NOTHING, stuck: [stuck] })

  assert.deepEqual([alert?.subject, alert?.subjectId, alert?.level], ['job', JOB, 'warning'])
  assert.match(alert?.detail ?? '', /At least 3 .* since 2026-11-22T04:00:00\.000Z/)
})

test('a day is told when it is nearly full and when it is full, once each', () => {
  const alerts = alertsOfRules({ ...NOTHING, filling: [day(8), day(9), day(10), day(11), day(8, '2026-11-23')] })

  assert.deepEqual(
    alerts.map(({ level }) => level),
    ['warning', 'warning', 'critical', 'critical', 'warning'],
  )
  const [nearly, more, full, over, tomorrow] = alerts.map(({ sameAs }) => sameAs)
  assert.deepEqual([nearly, full], [more, over])
  assert.equal(new Set([nearly, full, tomorrow]).size, 3)
})

test('the longest name of a workflow makes a title that fits', () => {
  const [alert] = alertsOfRules({
    ...NOTHING,
    failing: [{ ...of('x'.repeat(500)), failed: 1, completed: 0, hours: 1 }],
  })

  assert.equal(alert?.title.length, 200)
})
