import { setTimeout as delay } from 'node:timers/promises'
import { checkAlongside } from './check-alongside.ts'
import { STAGES } from './job-mix.ts'
import type { LoadSettings } from './load.ts'
import type { Fired, Recovery } from './recovery.ts'
import type { Rig } from './start-rig.ts'

export type Trial = Fired & Recovery

export type Trials = {
  /** Submits at a rate until the line keeps up with it, so that there is a baseline. */
  warmUp(settings?: Partial<LoadSettings>): Promise<void>
  /**
   * Causes one fault, waits for the recovery (default at most 60 s), and has the checker look.
   *
   * @param fault resolves when the fault is over; may give the ids of the jobs that it held up.
   */
  cause(
    name: string,
    target: string,
    fault: () => Promise<readonly string[] | void>,
    options?: TrialOptions,
  ): Promise<Trial>
  /** Waits for checks that are under way. */
  checked(): Promise<void>
  /** A fact for the report. */
  figure(name: string, value: number | string): void
  /** What must be so besides the invariants; a sentence that says it. */
  expect(holds: boolean, sentence: string): void
  all(): readonly Trial[]
  recoveriesMs(): readonly number[]
  violations(): readonly string[]
  figures(): Record<string, number | string>
}

export type TrialOptions = {
  withinMs?: number
  /**
   * What counts as recovery: all of it (default), each held-up job by itself, with no look at the throughput, or times that
   * the scenario takes itself, ms.
   */
  measure?: 'line' | 'jobs' | ((trial: Trial) => Promise<readonly number[]>)
  /** Does not wait for the checker: the next fault may come while it looks. */
  alongside?: boolean
}

const RATE_PER_S = 25
const WARM_WITHIN_MS = 60_000
const BASELINE_MS = 5_000

/** What the scenarios do with a rig, in one way for all of them. */
export function createTrials(rig: Rig, report: (line: string) => void): Trials {
  const trials: Trial[] = []
  const recoveries: number[] = []
  const violations: string[] = []
  const figures: Record<string, number | string> = {}
  const checks = checkAlongside(rig, (after, found) => {
    violations.push(...found.map((one) => `after ${after}: ${one}`))
    for (const one of found) report(`VIOLATED after ${after}: ${one}`)
  })

  return {
    warmUp: async (settings = {}) => {
      const wanted = { ratePerS: RATE_PER_S, ...settings }
      rig.load.start(wanted)
      const enough = 0.9 * wanted.ratePerS * STAGES.length
      const deadline = performance.now() + WARM_WITHIN_MS
      while (rig.watch.rate(BASELINE_MS) < enough && performance.now() < deadline) await delay(250)
      figures['steps/s'] = Math.round(rig.watch.rate(BASELINE_MS))
    },
    cause: async (name, target, fault, { withinMs = 60_000, measure = 'line', alongside = false } = {}) => {
      const fired = await rig.watch.fire(name, target, fault)
      const recovery = await rig.watch.recovered(fired, withinMs)
      const trial = { ...fired, ...recovery }
      recoveries.push(...(await timesOf(measure, trial)))
      trials.push(trial)
      checks.ask(`${name} ${target}`)
      if (!alongside) await checks.done()
      report(`${name} ${target}: ${describe(trial)}`)
      return trial
    },
    checked: async () => {
      await checks.done()
      figures['checks'] = checks.count()
    },
    figure: (name, value) => void (figures[name] = value),
    expect: (holds, sentence) => void (holds || violations.push(`not so: ${sentence}`)),
    all: () => trials,
    recoveriesMs: () => recoveries,
    violations: () => violations,
    figures: () => figures,
  }
}

async function timesOf(measure: NonNullable<TrialOptions['measure']>, trial: Trial): Promise<readonly number[]> {
  if (typeof measure === 'function') return measure(trial)
  return measure === 'jobs' ? trial.itemsMs : [trial.recoveryMs]
}

const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : 'never')

const describe = ({ throughputMs, itemsMs, baseline }: Trial): string =>
  `${Math.round(baseline)} steps/s before, throughput back after ${seconds(throughputMs)}, ` +
  `${itemsMs.length} jobs held up, the last moved after ${seconds(Math.max(0, ...itemsMs))}`
