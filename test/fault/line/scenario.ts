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
  /** What its rig needs beside the usual: then it gets one of its own, else it shares. */
  rig?: Partial<Omit<RigOptions, 'seed' | 'report'>>
  /** Causes its faults through `trials`, which measures and checks. The runner quiesces and checks once more after it. */
  run(rig: Rig, trials: Trials, options: ScenarioOptions): Promise<void>
}

export type ScenarioOptions = {
  /** For scenarios that take as long as one wants. */
  minutes: number
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
  met: 'yes' | 'late' | 'no'
  /** What was broken, a sentence each; empty when all invariants and expectations hold. */
  violations: string[]
  figures: Record<string, number | string>
  durationS: number
}
