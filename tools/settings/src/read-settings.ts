import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AutomationSettings } from '../../../packages/domain/src/automation-settings.ts'
import { OutboundSettings } from '../../../packages/connectors/src/http/outbound-settings.ts'
import { LookUpSettings } from '../../../packages/connectors/src/look-up/look-up-settings.ts'
import { MailSettings } from '../../../packages/connectors/src/mail/mail-settings.ts'
import { ModelSettings } from '../../../packages/connectors/src/model/model-settings.ts'
import { SourceSettings } from '../../../packages/connectors/src/source/connections.ts'
import { CommonConfig, IntakeBounds, StageConfig } from '../../../packages/runtime/src/load-config.ts'
import { GatewayConfig } from '../../../services/gateway/src/config.ts'
import { OrchestratorConfig } from '../../../services/orchestrator/src/config.ts'

export const ROOT = join(import.meta.dirname, '../../..')

/** One setting as its schema has it: what it is for, and the default that holds where it is not given. */
export type Setting = {
  name: string
  comment: string
  required: boolean
  default: string
  /** What is wrong with a value; undefined where it will do. */
  problemOf(value: string): string | undefined
}
export type Section = { title: string; settings: Setting[] }

/** Of a zod object, as much as is asked of it here. */
type Schema = { shape: Record<string, Field> }
type Field = {
  safeParse(value: unknown): { success: boolean; error?: { issues: { message: string }[] } }
  def: object
}

/** Every setting of every service, each once, in the section of who reads it. */
export function readSettings(): Section[] {
  const common = settingsOf(CommonConfig, 'packages/runtime/src/load-config.ts')
  const shared = {
    ...CommonConfig.shape,
    ...IntakeBounds.shape,
    ...OutboundSettings.shape,
    ...SourceSettings.shape,
    ...MailSettings.shape,
  }
  const all = (title: string, schema: Schema, file: string): Section => ({ title, settings: settingsOf(schema, file) })
  const own = (title: string, schema: Schema, file: string): Section => ({
    title,
    settings: settingsOf(schema, file).filter(({ name }) => !(name in shared)),
  })
  return [
    { title: 'Every service', settings: common },
    own('Stages', StageConfig, 'packages/runtime/src/load-config.ts'),
    all('Services that call out', OutboundSettings, 'packages/connectors/src/http/outbound-settings.ts'),
    own('Model provider', ModelSettings, 'packages/connectors/src/model/model-settings.ts'),
    own('Enrichment', LookUpSettings, 'packages/connectors/src/look-up/look-up-settings.ts'),
    own('Migration', AutomationSettings, 'packages/domain/src/automation-settings.ts'),
    all('Gateway and orchestrator', IntakeBounds, 'packages/runtime/src/load-config.ts'),
    own('Gateway', GatewayConfig, 'services/gateway/src/config.ts'),
    own('Orchestrator', OrchestratorConfig, 'services/orchestrator/src/config.ts'),
    all('Sources of the orchestrator', SourceSettings, 'packages/connectors/src/source/connections.ts'),
    all('Mail of the orchestrator', MailSettings, 'packages/connectors/src/mail/mail-settings.ts'),
  ]
}

function settingsOf({ shape }: Schema, file: string): Setting[] {
  const source = readFileSync(join(ROOT, file), 'utf8')
  return Object.entries(shape).map(([name, field]) => ({
    name,
    comment: commentOf(name, source),
    required: !field.safeParse(undefined).success,
    default: defaultOf(field),
    problemOf: (value) => field.safeParse(value).error?.issues[0]?.message,
  }))
}

/** The comment right above the setting in the source; a schema does not carry it. */
const commentOf = (name: string, source: string): string =>
  new RegExp(`/\\*\\* ((?:(?!\\*/).)*) \\*/\\n\\s*${name}: `).exec(source)?.[1] ?? ''

/** As it would be given, empty where there is none, and where it is another one each time it is read. */
function defaultOf({ def }: Field): string {
  if (!('defaultValue' in def)) return ''
  const [first, second] = [textOf(def.defaultValue), textOf(def.defaultValue)]
  return first === second ? first : ''
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(',')
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : ''
}
