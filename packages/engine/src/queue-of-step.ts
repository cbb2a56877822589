import type { Step } from '@stageline/domain'

/** After so many crashes beside others a step is worked alone. */
const QUARANTINE_FROM_CRASHES = 2
const QUARANTINE = '-quarantine'

/** The queue of a stage for steps that took workers down; a process of its own works it, one step at a time. */
export const quarantineOf = (stage: string): string => `${stage}${QUARANTINE}`

export const isQuarantine = (queue: string): boolean => queue.endsWith(QUARANTINE)

/** The queue that a step travels through: that of its stage, or of the stage's quarantine. */
export const queueOfStep = (stage: string, { crashes = [] }: Pick<Step, 'crashes'>): string =>
  crashes.length >= QUARANTINE_FROM_CRASHES ? quarantineOf(stage) : stage
