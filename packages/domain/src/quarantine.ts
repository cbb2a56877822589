const QUARANTINE = '-quarantine'

/** The queue of a stage for steps that took workers down; a process of its own works it, one step at a time. */
export const quarantineOf = (stage: string): string => `${stage}${QUARANTINE}`

/** Whether a queue is a quarantine; no stage may be named so. */
export const isQuarantine = (queue: string): boolean => queue.endsWith(QUARANTINE)
