/**
 * Every name that leaves a process: messages of log lines and their fields, metrics and their labels, attributes of
 * spans. `docs/events.md` lists the same, and a test keeps both equal. Labels and attributes have few values; exceptions
 * are the job's id on spans, by which a trace is found, and the keys of triggers, which an installation names itself.
 */

export type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug'

type Line = { message: string; level: Level; fields: readonly string[] }

const STEP_FIELDS = ['jobId', 'step', 'stage', 'workflow', 'attempt', 'batchId', 'tenantId', 'durationMs', 'traceId']

/** Lines that this package writes itself. Debug: once a step that went well, which the record has anyway. Warn: it goes on by itself. Error: a person must look. */
export const LINES = {
  stepCompleted: { message: 'step completed', level: 'debug', fields: STEP_FIELDS },
  stepGivenBack: { message: 'step given back', level: 'info', fields: STEP_FIELDS },
  stepUnwanted: { message: 'step no longer wanted', level: 'debug', fields: [...STEP_FIELDS, 'outcome'] },
  stepFailed: { message: 'step failed', level: 'warn', fields: [...STEP_FIELDS, 'code', 'error'] },
  stepNeedsPerson: { message: 'step needs a person', level: 'error', fields: [...STEP_FIELDS, 'code', 'error'] },
  stepWaiting: { message: 'step waiting', level: 'warn', fields: [...STEP_FIELDS, 'code', 'error'] },
  breakerOpened: { message: 'breaker opened', level: 'error', fields: ['stage', 'code', 'error'] },
  probeFailed: { message: 'breaker probe failed', level: 'warn', fields: ['stage', 'code', 'error'] },
  breakerClosed: { message: 'breaker closed', level: 'info', fields: ['stage'] },
  stageLimited: { message: 'stage limited', level: 'warn', fields: ['stage', 'code', 'error', 'durationMs'] },
  trouble: { message: 'trouble', level: 'error', fields: ['code', 'error', 'count', 'traceId'] },
  requestAnswered: {
    message: 'request answered',
    level: 'debug',
    fields: ['method', 'route', 'status', 'durationMs', 'traceId'],
  },
} as const satisfies Record<string, Line>
export type LineName = keyof typeof LINES

/** Fields whose text is written as it stands, shortened. Text in any other field, and anything nested, is not written. */
export const TEXT_FIELDS: ReadonlySet<string> = new Set([
  ...Object.values(LINES).flatMap(({ fields }): readonly string[] => fields),
  'fence',
  'host',
  'instanceId',
  'key',
  'kind',
  'name',
  'path',
  'part',
  'reason',
  'requestId',
  'service',
  'state',
  'taskId',
  'version',
])

type Metric = { kind: 'counter' | 'histogram' | 'gauge'; help: string; labels: readonly string[]; buckets?: number[] }

/** Seconds; from a record of a few milliseconds to a scanned document of many pages. */
const STEP_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Seconds; a full line may wait for hours. */
const WAIT_BUCKETS = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200]
const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export const METRICS = {
  stageline_steps_total: { kind: 'counter', help: 'Deliveries of steps that ended', labels: ['stage', 'outcome'] },
  stageline_step_failures_total: {
    kind: 'counter',
    help: 'Failed and waiting steps by kind of error',
    labels: ['stage', 'kind'],
  },
  stageline_step_duration_seconds: {
    kind: 'histogram',
    help: 'From the start of a step to its record',
    labels: ['stage'],
    buckets: STEP_BUCKETS,
  },
  stageline_step_wait_seconds: {
    kind: 'histogram',
    help: 'From queued to the start of the step',
    labels: ['stage'],
    buckets: WAIT_BUCKETS,
  },
  stageline_messages_total: {
    kind: 'counter',
    help: 'Messages of steps: sent, resent by repair, left to repair because Redis did not take them, malformed on arrival',
    labels: ['event', 'stage'],
  },
  stageline_stage_holds_total: {
    kind: 'counter',
    help: 'Breakers that opened, failed a probe or closed, and limits that were asked for',
    labels: ['stage', 'event'],
  },
  stageline_jobs_accepted_total: { kind: 'counter', help: 'Jobs committed to the record', labels: [] },
  stageline_records_written_total: { kind: 'counter', help: 'Changes of jobs committed together', labels: ['stage'] },
  stageline_duplicate_executions_total: {
    kind: 'counter',
    help: 'Steps that came to a worker, or ran, and whose outcome was not wanted any more',
    labels: ['stage'],
  },
  stageline_http_requests_total: {
    kind: 'counter',
    help: 'HTTP requests answered',
    labels: ['method', 'route', 'status'],
  },
  stageline_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'From the head of a request to the end of its answer',
    labels: ['method', 'route', 'status'],
    buckets: HTTP_BUCKETS,
  },
  automation_trigger_evaluations_total: {
    kind: 'counter',
    help: 'Entries of histories held against triggers that name their event; orchestrators only',
    labels: ['trigger_id', 'outcome'],
  },
  outbox_events_processed_total: {
    kind: 'counter',
    help: 'Entries that fitted a trigger and were worked on, or were sent to a webhook; orchestrators only',
    labels: ['event_type', 'status'],
  },
  stageline_troubles_total: { kind: 'counter', help: 'Troubles of a process, each occurrence', labels: ['code'] },
  stageline_redis_refuses: {
    kind: 'gauge',
    help: '1 while nothing is sent to a stage because Redis takes nothing, for this reason',
    labels: ['stage', 'reason'],
  },
  stageline_oldest_unsent_seconds: {
    kind: 'gauge',
    help: 'How long the oldest queued step has been overdue for a look at its message; orchestrators only',
    labels: [],
  },
  workflow_transition_total: {
    kind: 'counter',
    help: 'Changes of jobs, tasks and plans that took place, and those that their state forbade',
    labels: ['entity_type', 'result'],
  },
  sla_records_breached_total: { kind: 'counter', help: 'Promises of time that were broken', labels: [] },
  stageline_jobs: {
    kind: 'gauge',
    help: 'Jobs by state, `archived` for those that have left; orchestrators only',
    labels: ['state'],
  },
  active_tasks_total: { kind: 'gauge', help: 'Open tasks by state; orchestrators only', labels: ['state'] },
  tasks_active: { kind: 'gauge', help: 'The same under a name that says what it is', labels: ['state'] },
  stageline_build_info: { kind: 'gauge', help: 'What runs here', labels: ['service', 'version', 'node'] },
  process_resident_memory_bytes: { kind: 'gauge', help: 'Resident memory', labels: [] },
  process_cpu_seconds_total: { kind: 'counter', help: 'User and system CPU time', labels: [] },
  process_start_time_seconds: { kind: 'gauge', help: 'Start of the process, Unix time', labels: [] },
  nodejs_eventloop_delay_p99_seconds: {
    kind: 'gauge',
    help: '99th percentile of the event loop delay since the last reading',
    labels: [],
  },
} as const satisfies Record<string, Metric>
export type MetricName = keyof typeof METRICS

/** OpenTelemetry semantic conventions for messaging and HTTP; `pipeline.*` are our own. */
export const ATTRIBUTES = {
  messagingSystem: 'messaging.system',
  messagingDestination: 'messaging.destination.name',
  messagingOperation: 'messaging.operation.name',
  messagingOperationType: 'messaging.operation.type',
  messagingClient: 'messaging.client.id',
  errorType: 'error.type',
  stage: 'pipeline.stage',
  workflow: 'pipeline.workflow',
  step: 'pipeline.step',
  attempt: 'pipeline.attempt',
  outcome: 'pipeline.outcome',
  jobId: 'pipeline.job.id',
  httpMethod: 'http.request.method',
  httpRoute: 'http.route',
  httpStatus: 'http.response.status_code',
  urlPath: 'url.path',
  serviceName: 'service.name',
  serviceNamespace: 'service.namespace',
  serviceInstance: 'service.instance.id',
  serviceVersion: 'service.version',
} as const
