import type { StageEvent } from '@stageline/domain'
import type { LineName } from './names.ts'
import { LINES } from './names.ts'
import type { ObserverDeps } from './observer.ts'

const LINE_OF: Record<StageEvent['event'], LineName> = {
  breaker_opened: 'breakerOpened',
  probe_failed: 'probeFailed',
  breaker_closed: 'breakerClosed',
  limited: 'stageLimited',
}

/** One line and one count for what holds a whole stage, or lets it go on. */
export function tellStage(told: StageEvent, { logger, metrics }: Pick<ObserverDeps, 'logger' | 'metrics'>): void {
  const { stage, event } = told
  const { level, message } = LINES[LINE_OF[event]]
  metrics.add('stageline_stage_holds_total', 1, { stage, event })
  const why = 'failure' in told ? { code: told.failure.code, error: told.failure } : {}
  logger[level]({ stage, ...why, ...('ms' in told ? { durationMs: Math.round(told.ms) } : {}) }, message)
}
