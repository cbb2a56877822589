import { startSmtpSink } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MailSettings } from './mail-settings.ts'
import { createMailer } from './mailer.ts'

const MAIL = { id: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071', subject: 'Two öffnungen', text: 'A line\n.\nanother' }
const settings = (about: object) =>
  MailSettings.parse({ ALERT_MAIL_TO: 'ann@example.com, bo@example.com', ALERT_MAIL_FROM: 'us@example.com', ...about })

test('mail goes to everybody who is named, in one piece, under the same id', async () => {
  await using sink = await startSmtpSink()
  const send = createMailer(settings({ SMTP_URL: sink.url }))!

  await send(MAIL)

  const [mail] = sink.mails
  assert.deepEqual([mail!.from, mail!.to], ['us@example.com', ['ann@example.com', 'bo@example.com']])
  assert.match(mail!.text, /^Message-ID: <019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071@example\.com>$/m)
  assert.match(mail!.text, /^Subject: =\?UTF-8\?/m)
  assert.match(mail!.text, /\n\nA line\n\.\.\nanother/)
})

test('what a server does not take is an error; a password is not given to one without TLS', async () => {
  await using sink = await startSmtpSink()
  sink.refuse(1)

  await assert.rejects(createMailer(settings({ SMTP_URL: sink.url }))!(MAIL), /451/)
  const withPassword = sink.url.replace('//', '//ann:secret@')
  await assert.rejects(createMailer(settings({ SMTP_URL: withPassword }))!(MAIL))

  assert.deepEqual(sink.mails, [])
})

test('without a server there is no mail; with one it must be said who reads it', () => {
  assert.equal(createMailer(settings({})), undefined)
  assert.throws(() => createMailer(MailSettings.parse({ SMTP_URL: 'smtp://mail' })), /ALERT_MAIL_TO/)
  assert.equal(MailSettings.safeParse({ SMTP_URL: 'http://mail' }).success, false)
  assert.equal(MailSettings.safeParse({ ALERT_MAIL_TO: 'ann' }).success, false)
})
