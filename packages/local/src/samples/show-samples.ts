import { styleText } from 'node:util'
import { screenWidth, wrapText } from '../wrap-text.ts'
import { judgeSample } from './judge-sample.ts'
import { stateOf, type FieldBody, type SampleRun } from './sample-run.ts'

type Style = Parameters<typeof styleText>[0]

/** Colour where the terminal wants it: not in a file, not with NO_COLOR. */
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })

/** One line for a change, for logs and pipes. */
export const changeLine = (run: SampleRun): string => `  ${run.sample.title}: ${stateOf(run)}`

/** What came of each sample: how it ended, what was found and where, and why it ended so. */
export function resultTable(runs: SampleRun[], width = screenWidth()): string {
  const titleWidth = Math.max(...runs.map(({ sample }) => sample.title.length))
  const fits = runs.every((run) => titleWidth + 4 + outcomeOf(run).length <= width)
  return runs.map((run) => resultRow(run, { titleWidth: fits ? titleWidth : undefined, width })).join('\n')
}

/** The outcome stands beside the title where all of them have room, otherwise below it. */
function resultRow(run: SampleRun, { titleWidth, width }: { titleWidth: number | undefined; width: number }): string {
  const below = (style: Style) => (text: string) => paint(style, wrapText(text, { width, indent: 4 }))
  const title = paint('bold', run.sample.title.padEnd(titleWidth ?? 0))
  const head = `${markOf(run)} ${title}`
  return [
    titleWidth === undefined
      ? `${head}\n${wrapText(outcomeOf(run), { width, indent: 4 })}`
      : `${head}  ${outcomeOf(run)}`,
    ...[fieldsLine(run), reasonOf(run)].filter((line) => line !== '').map(below('dim')),
    ...judgeSample(run).map((fault) => below('red')(`not as expected: ${fault}`)),
  ].join('\n')
}

function markOf(run: SampleRun): string {
  if (run.sample.expect.outcome === 'any') return '•'
  return judgeSample(run).length === 0 ? paint('green', '✔') : paint('red', '✖')
}

function outcomeOf(run: SampleRun): string {
  const { kind = '–', score, failedChecks = [] } = run.outputs ?? {}
  const checks = failedChecks.length > 0 ? `failed: ${failedChecks.join(', ')}` : 'no check failed'
  const facts = run.outputs?.kind ? [kind, score === undefined ? 'no score' : `score ${score.toFixed(2)}`, checks] : []
  return [endOf(run), ...facts].join(' · ')
}

/** How many ended as expected; where nothing was expected, how many there were. */
export function tally(runs: SampleRun[]): string {
  const judged = runs.filter(({ sample }) => sample.expect.outcome !== 'any')
  if (judged.length === 0) return `${runs.length} ${runs.length === 1 ? 'document is' : 'documents are'} through`
  return `${judged.filter((run) => judgeSample(run).length === 0).length} of ${judged.length} samples ended as expected`
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
