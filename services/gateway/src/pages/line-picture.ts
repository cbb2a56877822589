import type { Counts, StageView, WorkflowView } from '@stageline/engine/ports'
import { html, type Html } from './html.ts'

const numbers = new Intl.NumberFormat('en')
const WIDTH = 168
const HEIGHT = 132
const GAP = 44
const TOP = 8

/** States that a box shows besides those that are always there, in the order of their lines. */
const LINES: readonly [label: string, states: readonly string[]][] = [
  ['queued', ['queued']],
  ['at work', ['processing']],
  ['waiting', ['waiting', 'retrying']],
  ['done', ['completed', 'skipped']],
]

/** The line as a picture: what came in, each stage with its steps by state, what came out, and where people stand. */
export function linePicture(
  stages: readonly StageView[],
  counts: Counts,
  workflows: readonly WorkflowView[],
  openTasks: string,
): Html {
  const inOrder = order(stages, workflows)
  const x = (i: number): number => 4 + i * (WIDTH + GAP)
  const width = x(inOrder.length + 1) + WIDTH + 4
  const total = Object.values(counts.jobs).reduce((sum, count) => sum + count, 0)
  const suspended = (view: StageView): number => counts.steps[view.stage]?.['suspended'] ?? 0
  return html`<div class="picture" tabindex="0" role="group" aria-label="The line and its counts">
    <svg viewBox="0 0 ${width} 244" width="${width}" height="244" role="img" aria-label="${describe(inOrder, counts)}">
      ${endBox(x(0), 'Gateway', total, 'jobs taken in')}
      ${inOrder.map((view, i) => [arrow(x(i)), stageBox(x(i + 1), view, counts.steps[view.stage] ?? {})])}
      ${arrow(x(inOrder.length))} ${endBox(x(inOrder.length + 1), 'Done', counts.jobs.completed ?? 0, 'jobs completed')}
      ${inOrder.map((view, i) => drop(x(i + 1), suspended(view)))}
      <a href="/#tasks">
        <rect class="people" x="${x(1)}" y="188" width="${inOrder.length * (WIDTH + GAP) - GAP}" height="48" rx="10" />
        <text class="people-text" x="${x(1) + 16}" y="217">People · ${openTasks}</text>
      </a>
    </svg>
  </div>`
}

function stageBox(x: number, view: StageView, steps: Readonly<Record<string, number>>): Html {
  const { stage, workers } = view
  const held = holdOf(view)
  const sum = (states: readonly string[]): number => states.reduce((total, state) => total + (steps[state] ?? 0), 0)
  return html`<g>
    <rect class="box ${held ? 'held' : ''}" x="${x}" y="${TOP}" width="${WIDTH}" height="${HEIGHT}" rx="10" />
    <text class="box-title" x="${x + 14}" y="${TOP + 24}">${stage}</text>
    ${LINES.map(([label, states], i) => countLine(x, TOP + 48 + i * 18, label, sum(states)))}
    <text class="box-note" x="${x + 14}" y="${TOP + 122}"
      >${held ?? (workers.length === 1 ? '1 worker' : `${workers.length} workers`)}</text
    >
  </g>`
}

/** What holds the stage, in few words; who and why stands at `/v1/stages`. */
function holdOf({ paused, pausedUntil, limited, breaker }: StageView): string | undefined {
  if (paused) return pausedUntil === null ? 'paused' : `paused until ${clock(pausedUntil)}`
  if (breaker.state !== 'closed') return breaker.state === 'open' ? 'breaker open' : 'breaker probing'
  return limited ? `limited until ${clock(limited.until)}` : undefined
}

const clock = (at: string): string => `${at.slice(11, 16)} UTC`

const countLine = (x: number, y: number, label: string, count: number): Html =>
  html`<text class="box-label" x="${x + 14}" y="${y}">${label}</text>
    <text class="box-count ${count > 0 ? 'some' : ''}" x="${x + WIDTH - 14}" y="${y}" text-anchor="end"
      >${numbers.format(count)}</text
    >`

const endBox = (x: number, title: string, count: number, note: string): Html =>
  html`<g>
    <rect class="box end" x="${x}" y="${TOP}" width="${WIDTH}" height="${HEIGHT}" rx="10" />
    <text class="box-title" x="${x + 14}" y="${TOP + 24}">${title}</text>
    <text class="box-big" x="${x + 14}" y="${TOP + 76}">${numbers.format(count)}</text>
    <text class="box-note" x="${x + 14}" y="${TOP + 122}">${note}</text>
  </g>`

const arrow = (x: number): Html =>
  html`<path class="arrow" d="M${x + WIDTH + 4} ${TOP + HEIGHT / 2} h${GAP - 12} m-6 -5 l6 5 l-6 5" />`

const drop = (x: number, count: number): Html =>
  html`<g>
    <path class="arrow ${count > 0 ? 'some' : ''}" d="M${x + WIDTH / 2} ${TOP + HEIGHT + 4} v36 m-5 -6 l5 6 l5 -6" />
    <text class="box-count ${count > 0 ? 'some' : ''}" x="${x + WIDTH / 2 + 10}" y="${TOP + HEIGHT + 26}"
      >${numbers.format(count)}</text
    >
  </g>`

/** Stages as the workflows order them; those of no workflow stand last. */
function order(stages: readonly StageView[], workflows: readonly WorkflowView[]): StageView[] {
  const named = [...new Set(workflows.flatMap(({ definition }) => definition.steps.map((step) => step.stage)))]
  const place = ({ stage }: StageView): number => (named.includes(stage) ? named.indexOf(stage) : named.length)
  return stages.toSorted((a, b) => place(a) - place(b))
}

const describe = (stages: readonly StageView[], counts: Counts): string =>
  stages
    .map(({ stage }) => {
      const { queued = 0, processing = 0, completed = 0, suspended = 0 } = counts.steps[stage] ?? {}
      return `${stage}: ${queued} queued, ${processing} at work, ${completed} done, ${suspended} with people`
    })
    .join('; ')
