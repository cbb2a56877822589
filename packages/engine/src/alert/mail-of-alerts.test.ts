import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlertView } from '../ports/index.ts'
import { mailOfAlerts } from './mail-of-alerts.ts'

const alert = (about: Partial<AlertView> = {}): AlertView => ({
  id: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071',
  level: 'warning',
  title: 'Documents wait: extraction.empty',
  detail: null,
  raisedBy: 'trigger:invoice-failed',
  subject: 'job',
  subjectId: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072',
  count: 1,
  firstAt: '2026-11-20T12:00:00.000Z',
  lastAt: '2026-11-20T12:00:00.000Z',
  acknowledgedAt: null,
  acknowledgedBy: null,
  ...about,
})

test('a mail says what is wrong, how often, with what and since when', () => {
  const { subject, text } = mailOfAlerts([alert({ count: 40, detail: 'See the queue' })])

  assert.equal(subject, '[Stageline] warning: Documents wait: extraction.empty')
  assert.match(text, /^warning: Documents wait: extraction\.empty \(40 times\)\nSee the queue\njob 019a2b3c/)
  assert.match(text, /since 2026-11-20T12:00:00\.000Z, raised by trigger:invoice-failed/)
})

test('many are one mail, whose subject is the most urgent and one line', () => {
  const alerts = [alert(), alert({ level: 'critical', title: 'Webhook\r\nBcc: all switched off' }), alert()] as const

  const { subject, text, id } = mailOfAlerts([...alerts])

  assert.equal(subject, '[Stageline] critical: Webhook Bcc: all switched off and 2 more')
  assert.equal(text.match(/^Alert /gm)?.length, 3)
  assert.equal(id, mailOfAlerts([...alerts]).id)
})
