import { ALERT_LEVELS } from '@stageline/domain'
import { z } from 'zod'

const Addresses = z
  .string()
  .transform((text) => text.split(',').map((address) => address.trim()))
  .pipe(z.array(z.email()).min(1))

/** Mail about alerts. */
export const MailSettings = z.object({
  /** Server that takes mail: `smtps://user:password@mail.example.com`, or `smtp://` where it offers TLS itself or needs none; without it no mail is sent. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Who is told of alerts, separated by commas. Needed beside `SMTP_URL`. */
  ALERT_MAIL_TO: Addresses.optional(),
  /** Who the mail comes from. */
  ALERT_MAIL_FROM: z.email().default('stageline@localhost.localdomain'),
  /** The least level that is told: info, warning or critical. */
  ALERT_MAIL_LEVEL: z.enum(ALERT_LEVELS).default('warning'),
})
export type MailSettings = z.infer<typeof MailSettings>
