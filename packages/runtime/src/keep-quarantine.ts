import type { EngineDeps } from '@stageline/engine'
import type { QuarantineWatch } from '@stageline/queue'
import type { QuarantineChild, QuarantineEnd } from './quarantine-child.ts'

export type QuarantineKeeper = {
  /** Starts or ends the child where that is due. Called every second. */
  runOnce(): Promise<void>
  /** Ends the child, if there is one, and starts none again. */
  stop(withinMs: number): Promise<void>
}

type Options = {
  watch: QuarantineWatch
  /** Starts the process that works the quarantine. */
  fork: () => QuarantineChild
  engine: Pick<EngineDeps, 'store' | 'workflows' | 'record' | 'observer'>
  /** Nothing may be worked now. */
  isPaused: () => boolean
  /** Id of this worker. */
  reporter: string
  /** How long a child that is no longer needed may take to end. */
  stopWithinMs: number
  /** Milliseconds of a clock that only goes forward. */
  now: () => number
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** A child without work ends after this long; starting one takes about a second. */
const IDLE_MS = 5_000

/**
 * Looks after the quarantine of a stage: what took workers down before is worked by a child process, one step at a time,
 * so that it takes nothing with it. There is a child only while there is work, and one in all workers of the stage
 * together. One that crashes is started again after 1 s, 2, 4 … 30 s, and 1 s again when it had ended a step in order.
 * With which step in hand it crashed is recorded at once, sooner than the lease would show it.
 */
export function keepQuarantine(options: Options): QuarantineKeeper {
  const { watch, fork, engine, isPaused, stopWithinMs, now } = options
  let child: QuarantineChild | undefined
  let isStopping = false
  let isLooking = false
  let neededAt = 0
  let pauseMs = FIRST_PAUSE_MS
  let notBefore = 0

  const follow = async (one: QuarantineChild): Promise<void> => {
    const end = await one.ended
    child = undefined
    if (!end.wasAsked) {
      engine.observer.trouble('quarantine.crashed', new Error(`The quarantine process ended (${end.how})`))
      if (end.hasWorked) pauseMs = FIRST_PAUSE_MS
      notBefore = now() + pauseMs
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
    const done = await Promise.allSettled([watch.leaveTurn(), reportCrash(end, options)])
    tellTrouble(done, engine)
  }

  const begin = async (): Promise<void> => {
    if (now() < notBefore || !(await watch.takeTurn()) || isStopping) return
    neededAt = now()
    child = fork()
    void follow(child)
  }

  const look = async (): Promise<void> => {
    const isNeeded = !isPaused() && (await watch.hasWork())
    if (isStopping) return
    if (!child) return isNeeded ? begin() : undefined
    await watch.takeTurn()
    if (isNeeded) neededAt = now()
    else if (now() - neededAt > IDLE_MS) await child?.stop(stopWithinMs)
  }

  return {
    runOnce: async () => {
      if (isLooking || isStopping) return
      isLooking = true
      await look().finally(() => (isLooking = false))
    },
    stop: async (withinMs) => {
      isStopping = true
      await child?.stop(withinMs)
    },
  }
}

/** The lease of the turn and of the claim run out by themselves. */
function tellTrouble(done: readonly PromiseSettledResult<void>[], { observer }: Options['engine']): void {
  for (const one of done) if (one.status === 'rejected') observer.trouble('quarantine.unreported', one.reason)
}

/** A claim that it died with is over. One that it had not taken yet comes again by its message. */
async function reportCrash({ how, held, wasAsked }: QuarantineEnd, { engine, reporter }: Options): Promise<void> {
  if (!held || wasAsked) return
  const { store, workflows, record } = engine
  const { tenantId, jobId, step, fence } = held.ref
  const [job] = await store.read([{ tenantId, jobId }])
  if (!job) return
  const workflow = await workflows.version(tenantId, job.workflow, job.version)
  const happening = { kind: 'crashed', step, fence: fence + 1, worker: held.worker, how, reporter } as const
  await record({ workflow, job, happening })
}
