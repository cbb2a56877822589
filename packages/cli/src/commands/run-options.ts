import type { RecordFormat } from '../input/read-records.ts'

export type RunOptions = {
  source?: string
  limit?: number
  priorityThreshold?: number
  forceManual?: boolean
  forceAutomation?: boolean
  workflow: string
  where?: string[]
  all?: boolean
  priorityField?: string
  keyField?: string
  format?: RecordFormat
  name?: string
  idempotencyKey?: string
  dryRun?: boolean
  wait?: boolean
}

/** The route that somebody chose. */
export const forcedRoute = ({
  forceManual,
  forceAutomation,
}: Pick<RunOptions, 'forceManual' | 'forceAutomation'>): 'person' | 'automation' | undefined => {
  if (forceManual) return 'person'
  return forceAutomation ? 'automation' : undefined
}
