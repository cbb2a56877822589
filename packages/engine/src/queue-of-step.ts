import type { Step } from '@stageline/domain'
import { quarantineOf } from '@stageline/domain'

/** After so many crashes beside others a step is worked alone. */
const QUARANTINE_FROM_CRASHES = 2

/** The queue that a step travels through: that of its stage, or of the stage's quarantine. */
export const queueOfStep = (stage: string, { crashes = [] }: Pick<Step, 'crashes'>): string =>
  crashes.length >= QUARANTINE_FROM_CRASHES ? quarantineOf(stage) : stage
