export const PRIORITY_LEVELS = ['high', 'medium', 'low'] as const
export type PriorityLevel = (typeof PRIORITY_LEVELS)[number]

/** From here on a priority is high, and below that of low it is low. */
export const HIGH_PRIORITY = 0.7
export const LOW_PRIORITY = 0.4

const STANDS_FOR: Record<PriorityLevel, number> = { high: 0.8, medium: 0.5, low: 0.2 }

export const priorityLevel = (priority: number): PriorityLevel =>
  priority >= HIGH_PRIORITY ? 'high' : priority < LOW_PRIORITY ? 'low' : 'medium'

/** What a priority that is given by name counts for. */
export const priorityOf = (given: number | PriorityLevel): number =>
  typeof given === 'number' ? given : STANDS_FOR[given]
