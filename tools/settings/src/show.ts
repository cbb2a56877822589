/**
 * `pnpm settings`: shows every setting of every service as this environment has it, or the retry plan that follows from
 * them. It owns the command line; `show.help.txt` is its help. It connects to nothing and changes nothing.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigError } from '../../../packages/domain/src/load-settings.ts'
import { type Effective, effectiveSettings } from './effective-settings.ts'
import { retrySchedules, type Schedule } from './retry-schedule.ts'

function main(): number {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      'retry-plan': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return say(readFileSync(join(import.meta.dirname, 'show.help.txt'), 'utf8'))
  if (values['retry-plan']) {
    const schedules = retrySchedules(process.env)
    return say(values.json ? jsonOf(schedules) : schedules.map(describeSchedule).join('\n'))
  }
  const wanted = values.only.toUpperCase()
  const settings = effectiveSettings(process.env).filter(({ name }) => name.includes(wanted))
  say(values.json ? jsonOf(settings) : describeAll(settings))
  return settings.some(({ problem }) => problem !== null) ? 2 : 0
}

function say(text: string): number {
  process.stdout.write(`${text.trimEnd()}\n`)
  return 0
}

const jsonOf = (value: unknown): string => JSON.stringify(value, null, 2)

function describeAll(settings: readonly Effective[]): string {
  const width = Math.max(0, ...settings.map(({ name }) => name.length))
  const sections = [...Map.groupBy(settings, ({ section }) => section)]
  return sections
    .map(([title, inIt]) => `${title}\n${inIt.map((setting) => describe(setting, width)).join('\n')}`)
    .join('\n\n')
}

function describe({ name, value, default: byDefault, from, problem }: Effective, width: number): string {
  const origin = from === 'environment' ? `environment${byDefault === null ? '' : `, default ${byDefault}`}` : from
  const line = `  ${name.padEnd(width)}  ${value ?? '–'}  (${origin === 'nowhere' ? 'not set' : origin})`
  return problem === null ? line : `${line}\n  ${' '.repeat(width)}  not usable: ${problem}`
}

function describeSchedule({ workflow, kind, delaysS }: Schedule): string {
  const head = `${workflow === 'any' ? 'any workflow' : `workflow ${workflow}`}, ${kind} error: `
  return delaysS.length === 0
    ? `${head}never tried again`
    : `${head}tried again after ${delaysS.join(', ')} s, each plus 0 to 20 %`
}

try {
  process.exitCode = main()
} catch (error) {
  const isMistake = error instanceof ConfigError || (error instanceof TypeError && 'code' in error)
  if (!isMistake) throw error
  process.stderr.write(`settings: ${error.message}\n`)
  process.exitCode = 2
}
