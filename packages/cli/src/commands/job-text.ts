import type { components } from '@stageline/client'
import type { Output } from '../output/output.ts'
import { memberText, plainText, showTime } from '../output/plain-text.ts'
import { facts, table, type Column } from '../output/table.ts'
import type { Job } from '../waiting.ts'

type Step = components['schemas']['Step']
type HistoryEntry = components['schemas']['HistoryEntry']

const STATE_STYLES: Readonly<Record<string, 'green' | 'red' | 'yellow'>> = {
  completed: 'green',
  failed: 'red',
  cancelled: 'red',
  suspended: 'yellow',
}

export const showState = (state: string, { paint }: Output): string => {
  const style = STATE_STYLES[state]
  return style === undefined ? state : paint(style, state)
}

const STEP_COLUMNS: Column<Step>[] = [
  { title: 'step', of: ({ key }) => key, shrinkTo: 8 },
  { title: 'state', of: ({ state }) => state },
  { title: 'attempt', of: ({ attempt }) => String(attempt), align: 'right' },
  { title: 'until', of: ({ until }) => (until === null ? '' : showTime(until)), shrinkTo: 10 },
  { title: 'why', of: ({ reason }) => reason ?? '', shrinkTo: 10 },
]

export const jobText = (job: Job, out: Output): string =>
  [
    `${out.paint('bold', job.id)}  ${showState(job.state, out)}`,
    facts([
      ['workflow', `${job.workflow}, version ${job.version}`],
      ['key', job.businessKey],
      ['tags', job.tags.join(', ')],
      ['priority', String(job.priority)],
      ['batch', job.batchId],
      ['by', `${job.actor}, ${showTime(job.createdAt)}`],
      ['finished', job.finishedAt === null ? null : showTime(job.finishedAt)],
      ['deadline', job.deadline === null ? null : showTime(job.deadline)],
      ['replay of', job.replayOf],
    ]),
    '',
    table(job.steps, STEP_COLUMNS, out.width),
    ...job.warnings.map((warning) => `\nWarning: ${plainText(warning)}`),
    ...(job.lastError
      ? [`\n${out.paint('red', job.lastError.code)} in ${job.lastError.step}: ${plainText(job.lastError.message)}`]
      : []),
    ...nextSteps(job).map((text) => out.paint('dim', text)),
  ].join('\n')

function nextSteps({ id, state, openTasks }: Job): string[] {
  if (openTasks[0] !== undefined) return [`\nWaits for a person: stageline tasks show ${openTasks[0]}`]
  if (state === 'completed') return [`\nWhat was found: stageline jobs result ${id}`]
  return state === 'failed' ? [`\nTo try again: stageline jobs retry ${id}`] : []
}

const HISTORY_COLUMNS: Column<HistoryEntry>[] = [
  { title: 'at', of: ({ at }) => showTime(at).slice('2026-'.length) },
  { title: 'event', of: ({ event }) => event },
  { title: 'step', of: ({ step }) => step ?? '', shrinkTo: 8 },
  { title: 'to', of: ({ path }) => waysEnd(path), shrinkTo: 12 },
  { title: 'job', of: ({ jobTo }) => jobTo },
  { title: 'by', of: ({ actor }) => actor, shrinkTo: 6 },
  { title: 'why', of: ({ reason, failure }) => reason ?? messageOf(failure), shrinkTo: 8 },
]

/** Without what comes before every end: a step is queued and worked whatever becomes of it. */
function waysEnd(path: HistoryEntry['path']): string {
  const end = path.filter((state) => state !== 'queued' && state !== 'processing')
  return (end.length > 0 ? end : path.slice(-1)).join(' → ')
}

export const historyText = (items: readonly HistoryEntry[], out: Output): string =>
  table(items, HISTORY_COLUMNS, out.width)

function messageOf(failure: unknown): string {
  const { code, message }: { code?: unknown; message?: unknown } = Object(failure)
  return typeof code === 'string' ? `${code}: ${memberText(message)}` : ''
}
