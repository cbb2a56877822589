import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { LINES } from './names.ts'
import { observeStep } from './observe-step.ts'
import type { StepEnd, StepInfo } from './step.ts'
import type { TraceContext } from './trace-context.ts'
import type { Tracing } from './tracing.ts'
import type { TroubleLimiter } from './trouble.ts'

export type CountName =
  | 'messages_sent'
  | 'messages_resent'
  | 'duplicate_executions'
  | 'jobs_accepted'
  | 'records_written'
  | 'malformed_messages'

type Labels = { stage?: string; outcome?: string }

/** What the engine tells of its work: the port `Observer` of the engine, which this package must not know. */
export type Observer = {
  step(info: StepInfo, run: () => Promise<StepEnd>): Promise<StepEnd>
  trouble(code: string, error: unknown, fields?: Record<string, unknown>): void
  count(name: CountName, by: number, labels?: Labels): void
}

export type ObserverDeps = {
  logger: Logger
  metrics: Metrics
  tracing: Tracing
  context: TraceContext
  troubles: TroubleLimiter
  instanceId: string
}

/** Happenings to log lines, spans and metrics. */
export function createObserver(deps: ObserverDeps): Observer {
  return {
    step: (info, run) => observeStep(info, run, deps),
    trouble: (code, error, fields = {}) => {
      deps.metrics.add('stageline_troubles_total', 1, { code })
      deps.troubles.report(code, (count) =>
        deps.logger[LINES.trouble.level]({ ...fields, code, error, count }, LINES.trouble.message),
      )
    },
    count: (name, by, labels = {}) => count(deps.metrics, name, by, labels),
  }
}

function count(metrics: Metrics, name: CountName, by: number, { stage }: Labels): void {
  switch (name) {
    case 'messages_sent':
      return metrics.add('stageline_messages_total', by, { event: 'sent', stage })
    case 'messages_resent':
      return metrics.add('stageline_messages_total', by, { event: 'resent', stage })
    case 'malformed_messages':
      return metrics.add('stageline_messages_total', by, { event: 'malformed', stage })
    case 'duplicate_executions':
      return metrics.add('stageline_duplicate_executions_total', by, { stage })
    case 'jobs_accepted':
      return metrics.add('stageline_jobs_accepted_total', by, {})
    case 'records_written':
      return metrics.add('stageline_records_written_total', by, { stage })
    default:
      name satisfies never
  }
}
