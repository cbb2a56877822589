import type { CountLabels, CountName, Observer } from '@stageline/domain'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { LINES } from './names.ts'
import { observeStep } from './observe-step.ts'
import { causeText } from './quiet-logger.ts'
import { tellStage } from './tell-stage.ts'
import type { TraceContext } from './trace-context.ts'
import type { Tracing } from './tracing.ts'
import type { TroubleLimiter } from './trouble.ts'

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
    stage: (event) => tellStage(event, deps),
    trouble: (code, error, fields = {}) => {
      deps.metrics.add('stageline_troubles_total', 1, { code })
      deps.troubles.report(code, causeText(error), (count) =>
        deps.logger[LINES.trouble.level]({ ...fields, code, error, count }, LINES.trouble.message),
      )
    },
    count: (name, by, labels = {}) => count(deps.metrics, name, by, labels),
  }
}

function count(metrics: Metrics, name: CountName, by: number, labels: CountLabels): void {
  const { stage, outcome, trigger, event, entity } = labels
  switch (name) {
    case 'messages_sent':
      return metrics.add('stageline_messages_total', by, { event: 'sent', stage })
    case 'messages_resent':
      return metrics.add('stageline_messages_total', by, { event: 'resent', stage })
    case 'messages_unsent':
      return metrics.add('stageline_messages_total', by, { event: 'unsent', stage })
    case 'malformed_messages':
      return metrics.add('stageline_messages_total', by, { event: 'malformed', stage })
    case 'duplicate_executions':
      return metrics.add('stageline_duplicate_executions_total', by, { stage })
    case 'jobs_accepted':
      return metrics.add('stageline_jobs_accepted_total', by, {})
    case 'records_written':
      metrics.add('workflow_transition_total', by, { entity_type: 'job', result: 'success' })
      return metrics.add('stageline_records_written_total', by, { stage })
    case 'trigger_evaluations':
      return metrics.add('automation_trigger_evaluations_total', by, { trigger_id: trigger, outcome })
    case 'events_processed':
      return metrics.add('outbox_events_processed_total', by, { event_type: event, status: outcome })
    case 'transitions':
      return metrics.add('workflow_transition_total', by, { entity_type: entity, result: outcome })
    case 'sla_breached':
      return metrics.add('sla_records_breached_total', by, {})
    default:
      name satisfies never
  }
}
