import type { Crash, Job, Step, StepState } from '@stageline/domain'

/** A step as the row holds it: one letter a field, and nothing for what is as it begins. The views read it, too. */
export type PackedStep = {
  /** state; absent: pending */
  s?: StepState
  /** attempt, fence, deliveries; absent: 0 */
  a?: number
  f?: number
  d?: number
  /** crashes */
  k?: readonly Crash[]
  /** entered */
  e?: Step['entered']
  /** message */
  m?: string
  /** until */
  u?: string
  /** seq of output and of edited input */
  o?: number
  i?: number
  /** worker and checkpoint */
  w?: string
  c?: unknown
  /** reason */
  r?: string
  /** suspend */
  x?: NonNullable<Step['suspend']>
}

export const encodeSteps = (steps: Job['steps']): string =>
  JSON.stringify(Object.fromEntries(Object.entries(steps).map(([key, step]) => [key, pack(step)])))

export const decodeSteps = (packed: Readonly<Record<string, PackedStep>>): Record<string, Step> =>
  Object.fromEntries(Object.entries(packed).map(([key, step]) => [key, unpack(step)]))

function pack(step: Step): PackedStep {
  const { state, attempt, fence, deliveries, crashes, entered, message, until, output, input, worker, checkpoint } =
    step
  const { reason, suspend } = step
  return {
    ...(state === 'pending' ? {} : { s: state }),
    ...(attempt === 0 ? {} : { a: attempt }),
    ...(fence === 0 ? {} : { f: fence }),
    ...(deliveries === 0 ? {} : { d: deliveries }),
    ...(crashes ? { k: crashes } : {}),
    ...(entered ? { e: entered } : {}),
    ...(message === undefined ? {} : { m: message }),
    ...(until === undefined ? {} : { u: until }),
    ...(output === undefined ? {} : { o: output }),
    ...(input === undefined ? {} : { i: input }),
    ...(worker === undefined ? {} : { w: worker }),
    ...(checkpoint === undefined ? {} : { c: checkpoint }),
    ...(reason === undefined ? {} : { r: reason }),
    ...(suspend ? { x: suspend } : {}),
  }
}

function unpack({ s = 'pending', a = 0, f = 0, d = 0, k, e, m, u, o, i, w, c, r, x }: PackedStep): Step {
  return {
    state: s,
    attempt: a,
    fence: f,
    deliveries: d,
    ...(k ? { crashes: k } : {}),
    ...(e ? { entered: e } : {}),
    ...(m === undefined ? {} : { message: m }),
    ...(u === undefined ? {} : { until: u }),
    ...(o === undefined ? {} : { output: o }),
    ...(i === undefined ? {} : { input: i }),
    ...(w === undefined ? {} : { worker: w }),
    ...(c === undefined ? {} : { checkpoint: c }),
    ...(r === undefined ? {} : { reason: r }),
    ...(x ? { suspend: x } : {}),
  }
}
