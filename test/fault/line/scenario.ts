import type { Rig, RigOptions } from './start-rig.ts'
import type { Trials } from './trials.ts'

/** One row of the table of faults that must be survived. */
export type Scenario = {
  row: number
  /** kebab-case, unique: `--only` names it. */
  name: string
  /** A sentence of behaviour. */
  title: string
  /** Longest recovery that is good enough, ms; undefined where the row names none. */
  targetMs?: number
  /** Whether `npm test` runs it. */
  inTests: boolean
  /**
   * What its rig needs beside the usual: then it gets one of its own, else it shares. A function may take its time, leave
   * on the stack what is to be cleared away, and give a sentence instead that says why the scenario cannot run here.
   */
  rig?: RigNeeds | ((options: ScenarioOptions, stack: AsyncDisposableStack) => Promise<RigNeeds | string>)
  /** Causes its faults through `trials`, which measures and checks. The runner quiesces and checks once more after it. */
  run(rig: Rig, trials: Trials, options: ScenarioOptions): Promise<void>
}

export type RigNeeds = Partial<Omit<RigOptions, 'seed' | 'report'>>

export type ScenarioOptions = {
  /** For scenarios that take as long as one wants; each has its own default. */
  minutes: number | undefined
  /** The commit that stands for the earlier version. */
  earlier?: string | undefined
}

export type ScenarioReport = {
  row: number
  name: string
  title: string
  seed: number
  fired: number
  accepted: number
  lost: number
  doubled: number
  illegal: number
  stuck: number
  recoveryMedianMs: number | null
  recoveryMaxMs: number | null
  targetMs: number | null
  /** `late`: between one and two times the target. */
  met: 'yes' | 'late' | 'no' | 'skipped'
  /** What was broken, a sentence each; empty when all invariants and expectations hold. */
  violations: readonly string[]
  figures: Record<string, number | string>
  durationS: number
}
