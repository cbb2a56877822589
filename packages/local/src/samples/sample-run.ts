import type { Sample, Value } from './sample.ts'

/** Where a sample stands. Bodies of answers are our own gateway's, so their shape is taken as documented. */
export type SampleRun = {
  sample: Sample
  /** Submitted by an earlier start. */
  earlier: boolean
  jobId?: string
  refusal?: { status: number; code: string; detail: string }
  job?: JobBody
  outputs?: Outputs
}

export type JobBody = {
  id: string
  state: string
  stage: string | null
  steps: { key: string; stage: string; state: string; reason: string | null }[]
  lastError: { code: string; message: string; step: string } | null
  decisions: { step: string | null; decision: { policy?: string; rule?: string; reason?: string; route?: string } }[]
  openTasks: string[]
}

export type FieldBody = {
  value: Value
  confidence?: number
  source?: { method: string; page?: number; box?: number[]; text?: string; path?: string }
}

/** The answers of the steps folded into one, the latest on top. */
export type Outputs = {
  kind?: string
  fields?: Record<string, FieldBody>
  filled?: string[]
  failedChecks?: string[]
  score?: number
}

const AT_REST = ['completed', 'cancelled', 'suspended', 'failed']

/** Whether nothing more happens by itself. */
export const isAtRest = ({ refusal, job }: SampleRun): boolean =>
  refusal !== undefined || (job !== undefined && AT_REST.includes(job.state))

/** One word for how far it has come. */
export const stateOf = ({ refusal, job }: SampleRun): string =>
  refusal ? 'rejected' : job ? [job.state, job.stage].filter(Boolean).join(' at ') : 'not submitted'
