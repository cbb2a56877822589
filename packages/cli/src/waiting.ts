import type { Client, components } from '@stageline/client'
import { setTimeout as delay } from 'node:timers/promises'
import { ask } from './ask.ts'
import { StoppedWaiting } from './command-error.ts'
import { isPassing } from './passing-trouble.ts'

export type Batch = components['schemas']['Batch']
export type Job = components['schemas']['Job']

/** For so long a line that does not answer is being started again, and is waited for. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 500

/** States in which nothing goes on by itself. */
const AT_REST = ['completed', 'cancelled', 'suspended', 'failed'] as const

/** How many jobs of a batch wait for nothing but a person, or for nobody. */
export const atRest = ({ byState }: Batch): number => AT_REST.reduce((sum, state) => sum + (byState[state] ?? 0), 0)

/** While its source is read, more jobs come. */
export const isBeingRead = ({ run }: Batch): boolean => run !== undefined && run.finishedAt === null

export type Watch = {
  signal: AbortSignal
  /** How to look again, for whoever stops waiting. */
  again: string
}

/** Looks at a batch until it is read and none of its jobs goes on by itself. @throws StoppedWaiting at Ctrl-C */
export const untilBatchRests = (
  client: Client,
  id: string,
  { onLook, ...watch }: Watch & { onLook: (batch: Batch) => void },
): Promise<Batch> =>
  lookUntil(
    watch,
    () => readBatch(client, id),
    (batch) => {
      onLook(batch)
      return !isBeingRead(batch) && atRest(batch) >= batch.total
    },
  )

/** Looks at something until it is as it should be. @throws StoppedWaiting at Ctrl-C */
export const lookUntil = <Seen>(
  watch: Watch,
  look: () => Promise<Seen>,
  isEnough: (seen: Seen) => boolean,
): Promise<Seen> =>
  stoppable(watch, async () => {
    for (;;) {
      const seen = await patiently(look, watch.signal)
      if (isEnough(seen)) return seen
      await delay(LOOK_EVERY_MS, undefined, { signal: watch.signal })
    }
  })

export const readBatch = (client: Client, id: string): Promise<Batch> =>
  ask(client.http.GET('/v1/batches/{id}', { params: { path: { id } } }))

/** Waits for jobs, all at once. @throws StoppedWaiting at Ctrl-C */
export const untilJobsRest = (
  client: Client,
  ids: readonly string[],
  { onRest, ...watch }: Watch & { onRest: (job: Job) => void },
): Promise<Job[]> => {
  const { signal } = watch
  const one = async (id: string): Promise<Job> => {
    const job = await patiently(() => client.waitFor(id, { signal }), signal)
    onRest(job)
    return job
  }
  return stoppable(watch, () => Promise.all(ids.map(one)))
}

/** Whatever was under way at Ctrl-C, and however it ended, the waiting was stopped. */
async function stoppable<Result>({ signal, again }: Watch, wait: () => Promise<Result>): Promise<Result> {
  try {
    return await wait()
  } catch (error) {
    if (!signal.aborted) throw error
    throw new StoppedWaiting(`Stopped waiting; the line works on. To look again: ${again}`, { cause: error })
  }
}

/** Looking is harmless, so it is repeated while the line is away for a moment. */
async function patiently<Result>(look: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    try {
      return await look()
    } catch (error) {
      if (!isPassing(error) || waitedMs >= PATIENCE_MS) throw error
      await delay(LOOK_EVERY_MS, undefined, { signal })
    }
  }
}
