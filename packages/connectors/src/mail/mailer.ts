import { ConfigError } from '@stageline/domain'
import type { Mail, Mailer } from '@stageline/engine/ports'
import type { Transporter } from 'nodemailer'
import type { MailSettings } from './mail-settings.ts'

/** So long may each of connecting, greeting and answering take, ms. */
const LIMITS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, dnsTimeout: 10_000 }

/**
 * Hands mail to a server by SMTP; undefined where none is set. The server is the operator's own choice, so that it may
 * stand inside. A mail sent twice has the same `Message-ID`.
 *
 * @throws ConfigError where it is not said to whom
 */
export function createMailer({
  SMTP_URL: url,
  ALERT_MAIL_TO: to,
  ALERT_MAIL_FROM: from,
}: MailSettings): Mailer | undefined {
  if (url === undefined) return undefined
  if (to === undefined) throw new ConfigError('SMTP_URL is set: ALERT_MAIL_TO must say who is told of alerts')
  const domain = from.split('@')[1]
  const options = { ...optionsOf(url), ...LIMITS, disableFileAccess: true, disableUrlAccess: true }
  let opening: Promise<Transporter> | undefined
  return async ({ id, subject, text }: Mail) => {
    const transport = await (opening ??= openTransport(options))
    await transport.sendMail({
      from,
      to,
      subject,
      text,
      messageId: `<${id}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
  }
}

/** With the first mail: whoever sends none does without the library. */
async function openTransport(options: ReturnType<typeof optionsOf>): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport(options)
}

function optionsOf(address: string) {
  const { protocol, hostname, port, username, password } = new URL(address)
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)]
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    secure: protocol === 'smtps:',
    ...(port === '' ? {} : { port: Number(port) }),
    // A password goes over TLS only.
    ...(user === '' ? {} : { auth: { user, pass }, requireTLS: protocol === 'smtp:' }),
  }
}
