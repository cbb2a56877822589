import { waitFor } from '@stageline/testkit'
import { performance } from 'node:perf_hooks'
import type { Admin } from './admin.ts'
import { STAGES } from './job-mix.ts'
import type { Load } from './load.ts'
import type { Recorder } from './recorder.ts'

/** A fault that was caused: when, and what was open just before it. */
export type Fired = {
  name: string
  target: string
  /** Monotonic, ms: when it was over, or when a process was killed. */
  overAt: number
  /** The same moment on the wall clock. */
  overTime: Date
  /** Finished steps a second before it, at most as many as are asked for. */
  baseline: number
  /** Jobs that it held up, oldest first, and how far each was. */
  affected: readonly { id: string; seq: number }[]
}

/** Times from the end of the fault, ms. */
export type Recovery = {
  /** Until finished steps come at 90 % of the rate before, for two seconds. */
  throughputMs: number
  /** Until the next entry of each affected job, the oldest job first; Infinity where none came in time. */
  itemsMs: number[]
  /** The larger of throughput and the oldest affected job. */
  recoveryMs: number
  /** The lowest rate of finished steps a second in any two seconds since the end of the fault. */
  lowestRate: number
}

export type Watch = AsyncDisposable & {
  /** Finished steps a second, over the last `windowMs`. */
  rate(windowMs?: number): number
  /**
   * Causes a fault and notes it. `fault` resolves when it is over, with the ids of the jobs that it held up where it
   * knows; else they are all that have a step queued or in hand at its end.
   */
  fire(name: string, target: string, fault: () => Promise<readonly string[] | void>): Promise<Fired>
  /** Waits for the recovery, at most `withinMs` from the end of the fault. */
  recovered(fired: Fired, withinMs: number): Promise<Recovery>
}

const SAMPLE_MS = 200
const WINDOW_MS = 2_000
const BASELINE_MS = 5_000
const USUAL_MS = 60_000
const ENOUGH = 0.9

type Sample = { at: number; steps: number }

/** Measures recovery in one way for all scenarios: by the record itself, past every proxy. */
export function startWatch(admin: Admin, recorder: Recorder, load: Pick<Load, 'ratePerS'>): Watch {
  const samples: Sample[] = []
  const stop = new AbortController()
  const sampling = keepSampling(admin, samples, stop.signal)
  const rate = (windowMs = WINDOW_MS) => rateAt(samples, (samples.at(-1)?.at ?? 0) - windowMs, windowMs)

  return {
    rate,
    fire: async (name, target, fault) => {
      // What works off a backlog is faster than what comes in: no later pace has to equal that.
      const baseline = Math.min(usualRate(samples), load.ratePerS() * STAGES.length)
      const at = new Date().toISOString()
      const known = await fault()
      const over = { overAt: performance.now(), overTime: new Date() }
      const affected = known ? await jobsOf(admin, known) : await openJobs(admin)
      recorder.write({ kind: 'fault', at, until: over.overTime.toISOString(), name, target })
      return { name, target, baseline, affected, ...over }
    },
    recovered: async (fired, withinMs) => {
      const deadline = fired.overAt + withinMs
      const left = () => Math.max(0, deadline - performance.now())
      const back = () => recoveredAt(samples, fired)
      const throughput = (await waitFor(back, { timeoutMs: left() + WINDOW_MS }).catch(() => undefined)) ?? Infinity
      const moved = async () => (await unmoved(admin, fired)) === 0
      await waitFor(moved, { timeoutMs: left() }).catch(() => false)
      const itemsMs = await movesOf(admin, fired)
      const throughputMs = Math.max(0, throughput - fired.overAt)
      const lowestRate = lowest(samples, fired)
      return { throughputMs, itemsMs, recoveryMs: Math.max(throughputMs, itemsMs[0] ?? 0), lowestRate }
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await sampling
    },
  }
}

/** While the database is away there are no samples; the next one covers the gap. */
async function keepSampling(admin: Admin, samples: Sample[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const steps = await finishedSteps(admin).catch(() => undefined)
    if (steps !== undefined) samples.push({ at: performance.now(), steps })
    const next = performance.now() + SAMPLE_MS
    await waitFor(() => signal.aborted || performance.now() > next)
  }
}

/** Counters, not rows: they cost the same however much has been recorded. */
async function finishedSteps(admin: Admin): Promise<number> {
  const [row] = await admin.query<{ n: string }>(
    `SELECT coalesce(sum(delta), 0) AS n FROM counters WHERE kind = 'step' AND state IN ('completed', 'suspended')`,
  )
  return Number(row!.n)
}

function rateAt(samples: readonly Sample[], from: number, windowMs: number): number {
  const [first, last] = [samples.findLast(({ at }) => at <= from), samples.findLast(({ at }) => at <= from + windowMs)]
  if (!first || !last || last.at === first.at) return 0
  return ((last.steps - first.steps) * 1_000) / (last.at - first.at)
}

/** The beginning of the first window after the fault whose rate is enough; undefined as long as there is none. */
function recoveredAt(samples: readonly Sample[], { overAt, baseline }: Fired): number | undefined {
  const newest = samples.at(-1)?.at ?? 0
  const starts = [overAt, ...samples.map(({ at }) => at).filter((at) => at > overAt)]
  return starts.find((at) => at + WINDOW_MS <= newest && rateAt(samples, at, WINDOW_MS) >= ENOUGH * baseline)
}

/** The best of the last minute: just after one fault the pace is no measure for the next. */
function usualRate(samples: readonly Sample[]): number {
  const newest = samples.at(-1)?.at ?? 0
  const starts = samples.map(({ at }) => at).filter((at) => at >= newest - USUAL_MS && at <= newest - BASELINE_MS)
  return Math.max(0, ...starts.map((at) => rateAt(samples, at, BASELINE_MS)))
}

function lowest(samples: readonly Sample[], { overAt }: Fired): number {
  const newest = samples.at(-1)?.at ?? 0
  const starts = samples.map(({ at }) => at).filter((at) => at >= overAt && at + WINDOW_MS <= newest)
  return Math.min(...starts.map((at) => rateAt(samples, at, WINDOW_MS)))
}

/** None while the database cannot be asked. */
const openJobs = (admin: Admin): Promise<{ id: string; seq: number }[]> =>
  admin
    .query<{ id: string; seq: number }>(
      `SELECT id, seq FROM jobs WHERE state IN ('queued', 'processing') ORDER BY id LIMIT 20000`,
    )
    .catch(() => [])

/** Without those that have come to rest: a message is in hand until the last step of its bundle has ended. */
const jobsOf = (admin: Admin, ids: readonly string[]): Promise<{ id: string; seq: number }[]> =>
  admin.query(
    `SELECT id, seq FROM jobs WHERE id = ANY ($1::uuid[]) AND finished_at IS NULL AND state NOT IN ('suspended', 'failed')
     ORDER BY id`,
    [ids],
  )

async function unmoved(admin: Admin, { affected }: Fired): Promise<number> {
  const [row] = await admin
    .query<{ n: number }>(
      `SELECT count(*)::int AS n FROM unnest($1::uuid[], $2::int[]) AS f(id, seq)
       JOIN jobs j ON j.id = f.id WHERE j.seq <= f.seq AND j.state IN ('queued', 'processing')`,
      columns(affected),
    )
    .catch(() => [{ n: Infinity }])
  return row!.n
}

/** Entries from before the end of the fault count as 0: that job did not wait. */
async function movesOf(admin: Admin, { affected, overTime }: Fired): Promise<number[]> {
  const rows = await admin.query<{ ms: number | null }>(
    `SELECT (SELECT extract(epoch FROM min(h.at) - $3::timestamptz)::float8 * 1000 FROM history h
             WHERE h.job_id = f.id AND h.seq > f.seq) AS ms
     FROM unnest($1::uuid[], $2::int[]) AS f(id, seq) ORDER BY f.id`,
    [...columns(affected), overTime],
  )
  return rows.map(({ ms }) => (ms === null ? Infinity : Math.max(0, ms)))
}

const columns = (affected: Fired['affected']): unknown[] => [
  affected.map(({ id }) => id),
  affected.map(({ seq }) => seq),
]
