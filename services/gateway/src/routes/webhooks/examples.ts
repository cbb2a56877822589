import type { TriggerEntry, WebhookSettings } from '@stageline/domain'
import { EXAMPLE } from '../example-ids.ts'

export const EXAMPLE_WEBHOOK: WebhookSettings = {
  name: 'Ticket system',
  url: 'https://tickets.example.com/hooks/stageline',
  on: ['job.step', 'TaskStateChanged'],
  when: 'entry.to == "suspended" || entry.to == "completed"',
  format: 'standard',
  enabled: true,
}

export const exampleEntry = (at: string): TriggerEntry => ({
  ...NOTHING,
  subject: 'job',
  subjectId: EXAMPLE.suspendedJob,
  seq: 4,
  at,
  event: 'step',
  from: 'processing',
  to: 'suspended',
  actor: 'extraction',
  jobId: EXAMPLE.suspendedJob,
  workflow: 'document',
})

/** An entry that tells of nothing yet. */
export const NOTHING: Omit<TriggerEntry, 'subject' | 'subjectId' | 'seq' | 'at' | 'event' | 'to' | 'actor'> = {
  from: null,
  reason: null,
  data: null,
  code: null,
  message: null,
  jobId: null,
  workflow: null,
  step: null,
  stage: null,
  businessKey: null,
  planId: null,
  taskType: null,
  cause: null,
  title: null,
  serviceArea: null,
  priority: null,
  traceparent: null,
  correlationId: null,
}
