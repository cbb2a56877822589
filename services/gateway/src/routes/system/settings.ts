import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { Problem } from '../../http/problems.ts'

const Settings = z.strictObject({
  timeZone: z
    .string()
    .max(64)
    .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/)
    .refine(isTimeZone, { error: 'No time zone of that name is known' })
    .meta({ description: 'Days of the tenant begin at midnight here: a name of the IANA database' }),
})
const SettingsAnswer = Settings.meta({ id: 'Settings' })

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

export const readSettings = operation({
  id: 'getSettings',
  method: 'get',
  path: '/v1/settings',
  tag: 'System',
  summary: 'Read what your tenant has chosen for itself',
  answers: { 200: { description: 'The settings', schema: SettingsAnswer } },
  problems: [],
  examples: [{ name: 'All settings', status: 200 }],
  handle: async ({ who, deps }) => ({ status: 200, body: await deps.reader.settings(who.tenantId) }),
})

export const changeSettings = operation({
  id: 'changeSettings',
  method: 'patch',
  path: '/v1/settings',
  tag: 'System',
  summary: 'Choose the time zone in which your days begin',
  description: 'Daily limits count from midnight on. UTC until something else is chosen.',
  body: { type: 'application/json', schema: Settings.meta({ id: 'SettingsChange' }) },
  answers: { 200: { description: 'The settings', schema: SettingsAnswer } },
  problems: ['request.invalid', 'request.not_json'],
  examples: [
    { name: 'Days of Zurich', body: { timeZone: 'Europe/Zurich' }, status: 200 },
    { name: 'A zone that nobody knows', body: { timeZone: 'Mars/Olympus' }, status: 400 },
  ],
  handle: async ({ body, who, deps: { reader, writer } }) => {
    if ((await writer.saveSettings(who.tenantId, body)) === 'unknown_zone') {
      const errors = [{ pointer: '/timeZone', detail: `The database knows no time zone "${body.timeZone}".` }]
      throw new Problem('request.invalid', errors[0]!.detail, { errors })
    }
    return { status: 200, body: await reader.settings(who.tenantId) }
  },
})
