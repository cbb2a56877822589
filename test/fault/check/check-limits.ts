import { z } from 'zod'

/** Where the checker draws its lines, and what it cannot read from the record. */
export const CheckLimits = z.object({
  /** How far clocks of two processes may disagree within one job's history, ms. */
  clockSlackMs: z.coerce.number().int().min(0).default(1_000),
  /** How long a queued or due step may go without anybody looking after it, ms. */
  overdueMs: z.coerce.number().int().min(0).default(60_000),
  /** How long a message may outlive the last of its steps, ms. */
  leftoverMs: z.coerce.number().int().min(0).default(600_000),
  /** Tries of a step where no plan in the record says how many: one more than `WORKFLOW_MAX_RETRIES`. */
  maxAttempts: z.coerce.number().int().min(1).default(4),
  /** The same, of stages whose own definition says so. */
  stageAttempts: z.record(z.string(), z.coerce.number().int().min(1)).default({}),
})
export type CheckLimits = z.infer<typeof CheckLimits>
