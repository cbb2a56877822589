import type { Context } from '../command.ts'
import { StoppedWaiting } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'
import { exitCodeOf } from '../explain.ts'
import { table, type Column } from '../output/table.ts'
import { untilJobsRest, type Job } from '../waiting.ts'

/** What became of one thing that was to be submitted. */
export type Submitted = {
  what: string
  id?: string
  state?: Job['state']
  problem?: { status: number; code: string; message: string }
}

/** Waits where that is asked for, says what came of each, and ends accordingly. */
export async function showSubmitted(context: Context, submitted: Submitted[], wait = false): Promise<number> {
  const ids = submitted.flatMap(({ id }) => id ?? [])
  const stopped = wait && ids.length > 0 ? await addStates(context, submitted, ids) : undefined
  context.out.show({ items: submitted }, () => submittedText(submitted, context.out))
  if (stopped) throw stopped
  const refused = submitted.find(({ problem }) => problem)?.problem
  if (context.signal.aborted) return EXIT.interrupted
  if (refused) return exitCodeOf(refused.status)
  return submitted.some(({ state }) => state === 'failed' || state === 'cancelled') ? EXIT.failed : EXIT.ok
}

/** @returns why the waiting ended early, so that what was submitted is said all the same */
async function addStates(
  { client, out, signal }: Context,
  submitted: Submitted[],
  ids: readonly string[],
): Promise<StoppedWaiting | undefined> {
  using line = out.progress()
  let through = 0
  const show = () => line.update(() => `Waiting: ${through} of ${ids.length} through`)
  show()
  const onRest = ({ id, state }: Job) => {
    const one = submitted.find((other) => other.id === id)
    if (one) one.state = state
    through += 1
    show()
  }
  const again = ids.length === 1 ? `stageline jobs get ${ids[0]}` : 'stageline jobs list'
  try {
    await untilJobsRest(client, ids, { signal, again, onRest })
    return undefined
  } catch (error) {
    if (error instanceof StoppedWaiting) return error
    throw error
  }
}

function submittedText(submitted: readonly Submitted[], out: Context['out']): string {
  const columns: Column<Submitted>[] = [
    { title: 'submitted', of: ({ what }) => what, shrinkTo: 16 },
    { title: 'job', of: ({ id }) => id ?? '–' },
  ]
  if (submitted.some(({ state }) => state)) columns.push({ title: 'state', of: ({ state }) => state ?? '–' })
  if (submitted.some(({ problem }) => problem))
    columns.push({ title: 'not taken', of: ({ problem }) => problem?.message ?? '', shrinkTo: 20 })
  return [table(submitted, columns, out.width), ...nextSteps(submitted, out)].join('\n')
}

function nextSteps(submitted: readonly Submitted[], { paint }: Context['out']): string[] {
  const suspended = submitted.find(({ state }) => state === 'suspended')
  const completed = submitted.find(({ state }) => state === 'completed')
  const open = submitted.find(({ id, state }) => id !== undefined && state === undefined)
  return [
    ...(completed ? [`What was found: stageline jobs result ${completed.id}`] : []),
    ...(suspended ? [`Waits for a person: stageline tasks list --job ${suspended.id}`] : []),
    ...(open ? [`How far it is: stageline jobs get ${open.id}`] : []),
  ].map((text) => paint('dim', text))
}
