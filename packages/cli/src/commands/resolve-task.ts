import type { components } from '@stageline/client'
import { ask } from '../ask.ts'
import { command, listOption, option, type Context } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { confirm } from '../confirm.ts'
import { readJsonObject } from '../input/read-text.ts'
import { withoutGaps } from '../without-gaps.ts'
import { correctedValues, foundFields, type FoundField } from './task-text.ts'

type Body = components['schemas']['ResolveTask']
type Fields = NonNullable<Body['fields']>
type Options = {
  set?: string[]
  fields?: string
  output?: string
  input?: string
  reason?: string
  yes?: boolean
}

const EXAMPLE = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072'
const VERDICTS = ['accept', 'retry', 'skip', 'discard'] as const

export const resolveTask = command<Options>({
  name: 'tasks resolve',
  summary: 'Settle a task with a verdict',
  about:
    'accept: what was found is right, with your corrections. retry: work the step again. skip: go on without it. discard: end the job; it asks first. A value of --set keeps the type of the value that it replaces; an empty one removes it.',
  arguments: [
    { name: '<id>', about: 'id of the task' },
    { name: '<verdict>', about: 'what is to happen', choices: VERDICTS },
  ],
  options: [
    listOption('--set <field=value>', 'a corrected value; may be given several times'),
    option('--fields <json>', 'corrected values: JSON of field and value, @file, or - for stdin'),
    option('--output <json>', 'accept: the whole output of the step: JSON, @file, or -'),
    option('--input <json>', 'retry: another input for the step: JSON, @file, or -'),
    option('--reason <text>', 'why; stands in the history'),
    option('--yes', 'do not ask before a discard'),
  ],
  examples: [
    { does: 'It is right', line: `stageline tasks resolve ${EXAMPLE} accept` },
    {
      does: 'It is, but for the total',
      line: `stageline tasks resolve ${EXAMPLE} accept --set gross_total=119.00 --reason 'Printed total'`,
    },
    { does: 'Corrections from a file', line: `stageline tasks resolve ${EXAMPLE} accept --fields @corrections.json` },
    { does: 'Not worth more work', line: `stageline tasks resolve ${EXAMPLE} discard --yes` },
  ],
  run: async (context, [id = '', verdict = ''], options) => {
    if (verdict === 'discard') await confirm(context, 'End the job for good?', withoutGaps({ yes: options.yes }))
    const body = { verdict: verdict as Body['verdict'], ...(await readBody(context, id, options)) }
    const task = await ask(context.client.http.POST('/v1/tasks/{id}:resolve', { params: { path: { id } }, body }))
    context.out.show(task, () => {
      const count = correctedValues(task).length
      const corrected = count === 0 ? '' : `, ${count} ${count === 1 ? 'value' : 'values'} corrected`
      return `Task ${task.id} is settled: ${task.verdict}${corrected}\n${context.out.paint('dim', `How it goes on: stageline jobs get ${task.jobId}`)}`
    })
  },
})

async function readBody(context: Context, id: string, options: Options): Promise<Omit<Body, 'verdict'>> {
  const json = async (name: 'fields' | 'output' | 'input') =>
    options[name] === undefined ? undefined : await readJsonObject(`--${name}`, options[name], context.source)
  const [fields, output, input] = [await json('fields'), await json('output'), await json('input')]
  const set = options.set === undefined ? undefined : await correctedFields(context, id, options.set)
  const all = fields || set ? { ...fields, ...set } : undefined
  // Values and outputs are checked by the line, which names the places that do not fit.
  return withoutGaps({ reason: options.reason, fields: all, output, input }) as Omit<Body, 'verdict'>
}

async function correctedFields({ client, out }: Context, id: string, given: readonly string[]): Promise<Fields> {
  const pairs = given.map(splitPair)
  const task = await ask(client.http.GET('/v1/tasks/{id}', { params: { path: { id } } }))
  const found = await foundFields(client, task)
  const added = pairs.map(([name]) => name).filter((name) => found.every((one) => one.name !== name))
  // May be meant: a person knows what was missing.
  if (added.length > 0) out.note(`Not there before, so added: ${added.join(', ')}`)
  return Object.fromEntries(
    pairs.map(([name, text]) => [
      name,
      typedLike(
        found.find((one) => one.name === name),
        text,
      ),
    ]),
  )
}

function splitPair(given: string): [name: string, value: string] {
  const at = given.indexOf('=')
  if (at > 0) return [given.slice(0, at).trim(), given.slice(at + 1).trim()]
  throw new CommandError(`--set ${given} is not FIELD=VALUE`, { mend: ['Like --set gross_total=119.00'] })
}

/** A command line gives text; the value keeps the type that stood there. */
function typedLike(found: FoundField | undefined, text: string): Fields[string] {
  if (text === '') return null
  if (typeof found?.value === 'number' && Number.isFinite(Number(text))) return Number(text)
  if (typeof found?.value === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  return text
}
