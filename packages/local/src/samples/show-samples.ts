import { styleText } from 'node:util'
import { judgeSample } from './judge-sample.ts'
import { stateOf, type FieldBody, type SampleRun } from './sample-run.ts'

type Style = Parameters<typeof styleText>[0]

/** Colour where the terminal wants it: not in a file, not with NO_COLOR. */
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })

/** One line for a change, for logs and pipes. */
export const changeLine = (run: SampleRun): string => `  ${run.sample.title}: ${stateOf(run)}`

/** What came of each sample: a heading line, what was found and where, how it ended and why. */
export function resultTable(runs: SampleRun[]): string {
  const width = Math.max(...runs.map(({ sample }) => sample.title.length))
  return runs.map((run) => resultRow(run, width)).join('\n')
}

function resultRow(run: SampleRun, width: number): string {
  const faults = judgeSample(run)
  const mark = faults.length === 0 ? paint('green', '✔') : paint('red', '✖')
  const { kind = '–', score, failedChecks = [] } = run.outputs ?? {}
  const checks = failedChecks.length > 0 ? `failed: ${failedChecks.join(', ')}` : 'no check failed'
  const facts = run.outputs?.kind ? [kind, score === undefined ? 'no score' : `score ${score.toFixed(2)}`, checks] : []
  const head = `${mark} ${paint('bold', run.sample.title.padEnd(width))}  ${[endOf(run), ...facts].join(' · ')}`
  const notes = [fieldsLine(run), reasonOf(run)]
    .filter((line) => line !== '')
    .map((line) => paint('dim', `    ${line}`))
  return [head, ...notes, ...faults.map((fault) => paint('red', `    not as expected: ${fault}`))].join('\n')
}

const endOf = (run: SampleRun): string => (run.earlier ? `${stateOf(run)} (earlier)` : stateOf(run))

function reasonOf({ refusal, job }: SampleRun): string {
  if (refusal) return `HTTP ${refusal.status} ${refusal.code}: ${refusal.detail}`
  const decision = job?.decisions.at(-1)?.decision
  if (decision?.reason) return `${decision.policy ?? 'policy'}, rule ${decision.rule ?? '–'}: ${decision.reason}`
  if (job?.lastError) return `${job.lastError.code}: ${job.lastError.message}`
  return job?.steps.find(({ reason }) => reason !== null)?.reason ?? ''
}

/** The fields that identify a thing of each kind and what it is worth. */
const KEY_FIELDS = (
  'invoice_number seller_name issue_date gross_total company date total ' +
  'mpn manufacturer package name price gtin title'
).split(' ')

function fieldsLine({ outputs }: SampleRun): string {
  const filled = outputs?.filled ?? []
  return Object.entries(outputs?.fields ?? {})
    .filter(([name, { value }]) => value !== null && (KEY_FIELDS.includes(name) || filled.includes(name)))
    .sort(([one], [other]) => KEY_FIELDS.indexOf(one) - KEY_FIELDS.indexOf(other))
    .map(([name, field]) => `${name} ${field.value} (${placeOf(field)})`)
    .join(' · ')
}

/** Where a value came from, so that one can look. */
function placeOf({ source }: FieldBody): string {
  if (!source) return 'unknown'
  const corner = source.box?.slice(0, 2).map(Math.round).join(',')
  if (source.page !== undefined) return `page ${source.page}${corner ? ` at ${corner}` : ''}`
  if (source.method === 'catalog') return `catalogue ${source.path ?? ''}`
  return source.path ? `${source.method} ${source.path.split('/').slice(-2).join('/')}` : source.method
}
