import type { Random } from './random.ts'

/** Shares of what is submitted; what is left ends well at once. */
export type JobMix = {
  /** Fails once or twice in passing, then ends well. */
  flaky: number
  /** Bad data: a task for a person. */
  permanent: number
  /** Kills its process, each time. */
  poison: number
}

export const MIX: JobMix = { flaky: 0.04, permanent: 0.009, poison: 0 }

const WORKFLOW = 'faulty'
export const STAGES = ['classification', 'extraction', 'enrichment', 'scoring'] as const
/** The stage that calls the downstream. */
export const CALLING = 'enrichment'

/** Four steps in a row; retries come soon, and often enough that no fault of the bench uses them up. */
export const DEFINITION = {
  key: WORKFLOW,
  steps: STAGES.map((stage, i) => ({ key: stage, stage, dependsOn: i === 0 ? [] : [STAGES[i - 1]!] })),
  retry: { maxAttempts: 8, baseMs: 300, multiplier: 2 },
}

export type DrawnJob = {
  /** The marker stands where lists show it, too. */
  body: {
    workflow: string
    businessKey: string
    input: { marker: string; script: Script }
    retry?: { maxAttempts: number }
  }
  expect: 'completed' | 'task' | 'either'
}

/** What the steps do, by their stage: see the scripted stage. */
type Script = Record<string, object>

/** A job that a scenario wants just so; without a number of attempts it has one. */
export type OwnJob = Pick<DrawnJob, 'expect'> & { script: Script; maxAttempts?: number }

export const ownJob = ({ expect, script, maxAttempts = 1 }: OwnJob, marker: string): DrawnJob => ({
  body: { workflow: WORKFLOW, businessKey: marker, input: { marker, script }, retry: { maxAttempts } },
  expect,
})

/** What one job's steps will do, and how it has to end. `slowMs`: how long each of its steps takes. */
export function drawJob(
  random: Random,
  { mix, marker, sink, slowMs }: { mix: JobMix; marker: string; sink: string; slowMs: number },
): DrawnJob {
  const script: Record<string, Record<string, unknown>> = Object.fromEntries(
    STAGES.map((stage) => [stage, { slowMs, ...(stage === CALLING ? { sink } : {}) }]),
  )
  const kind = drawKind(random, mix)
  const step = script[random.pick(STAGES)]!
  if (kind === 'flaky') Object.assign(step, { fail: 'transient', times: 1 + random.below(2) })
  if (kind === 'permanent') Object.assign(step, { fail: 'data' })
  if (kind === 'poison') Object.assign(step, { fail: 'exit' })
  return {
    body: { workflow: WORKFLOW, businessKey: marker, input: { marker, script } },
    expect: kind === 'permanent' || kind === 'poison' ? 'task' : 'completed',
  }
}

function drawKind(random: Random, { flaky, permanent, poison }: JobMix): 'ok' | 'flaky' | 'permanent' | 'poison' {
  const drawn = random.next()
  if (drawn < flaky) return 'flaky'
  if (drawn < flaky + permanent) return 'permanent'
  return drawn < flaky + permanent + poison ? 'poison' : 'ok'
}
