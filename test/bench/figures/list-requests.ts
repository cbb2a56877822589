import { STAGES } from '../rig/workload.ts'

/** Where rows of the record are found, mixed over all of its time. */
export type Samples = {
  jobs: readonly { id: string; key: string | null; batch: string | null; at: Date }[]
  batches: readonly string[]
  tasks: readonly string[]
}

/** A kind of request; the nth is like the others but about something else. */
export type Asked = {
  name: string
  path: (n: number) => string
  /** Sums up many jobs; the others list, filter, count, search or look one up. */
  isView?: boolean
  /** Counts are asked for with a body. */
  body?: unknown
}

const DAY_MS = 86_400_000

/** Everything of the API that lists, filters, counts, searches, looks one up or sums up. */
export const listRequests = (samples: Samples): Asked[] => [
  ...jobLists(samples),
  ...counts(samples),
  ...single(samples),
  ...taskLists(samples),
  ...views,
  ...others(samples),
]

const of = <T>(from: readonly T[], n: number): T => from[n % from.length]!

function jobLists(samples: Samples): Asked[] {
  const batched = samples.jobs.filter(({ batch }) => batch !== null)
  const keyed = samples.jobs.filter(({ key }) => key !== null)
  const around = (n: number, ms: number) => new Date(of(samples.jobs, n).at.getTime() + ms).toISOString()
  const list = (query: string | ((n: number) => string)): Asked => ({
    name: `jobs ${typeof query === 'string' ? query : query(0).replaceAll(/=[0-9a-f-]{36}|=order-\d+|=2026-[^&]*/g, '=…')}`,
    path: (n) => `/v1/jobs?${typeof query === 'string' ? query : query(n)}`,
  })
  const plain = [
    '',
    'limit=200',
    'state=completed',
    'state=cancelled',
    'state=suspended',
    'state=queued',
    'state=retrying',
  ]
  const mixed = ['state=suspended,queued', 'state=completed,cancelled', 'state=completed,cancelled,suspended,queued']
  const workflows = ['workflow=bench', 'workflow=bench-7', 'workflow=bench-rare', 'workflow=bench-none']
  const ofState = workflows.flatMap((one) => [
    `${one}&state=completed`,
    `${one}&state=cancelled`,
    `${one}&state=suspended`,
  ])
  const stages = ['stage=bench-parked', `stage=${STAGES[0]}`, 'stage=bench-parked&state=suspended']
  const tags = [
    'tag=tag-11',
    'tag=rare',
    'tag=none',
    'source=mail',
    'source=none',
    'tag=rare&state=completed',
    'tag=tag-11&workflow=bench-7',
  ]
  const priorities = [
    'priority=high',
    'priority=medium',
    'priority=low',
    'priority=high&workflow=bench-rare',
    'priority=low&state=suspended',
  ]
  const errors = [
    'errorCode=bench.unreadable&state=suspended',
    'errorCode=bench.unreadable',
    'errorCode=none',
    'errorCode=none&state=suspended',
  ]
  return [
    ...[...plain, ...mixed, ...workflows, ...ofState, ...stages, ...tags, ...priorities, ...errors].map((query) =>
      list(query),
    ),
    list((n) => `businessKey=${of(keyed, n).key}`),
    list((n) => `businessKey=${of(keyed, n).key}&state=completed`),
    list((n) => `businessKey=none-${n}`),
    list((n) => `batch=${of(batched, n).batch}`),
    list((n) => `batch=${of(batched, n).batch}&state=completed&limit=200`),
    list((n) => `batch=${of(batched, n).batch}&state=suspended`),
    list((n) => `batch=${of(batched, n).batch}&workflow=bench-rare`),
    list((n) => `batch=${of(samples.jobs, n).id}`),
    list((n) => `createdAfter=${around(n, 0)}&createdBefore=${around(n, DAY_MS)}`),
    list((n) => `createdBefore=${around(n, 0)}`),
    list((n) => `createdBefore=${around(n, 0)}&workflow=bench-7`),
    list((n) => `createdBefore=${around(n, 0)}&workflow=bench-rare&state=completed`),
    list((n) => `createdAfter=${around(n, 0)}&createdBefore=${around(n, DAY_MS)}&state=suspended`),
    list((n) => `createdAfter=${around(n, 0)}&createdBefore=${around(n, 60_000)}&tag=tag-11`),
  ]
}

/** Lists that are gone through to their end, by the filter: their pages deep down are asked for, too. */
export const DEEP: readonly string[] = [
  '',
  'state=completed',
  'workflow=bench-7',
  'workflow=bench-rare',
  'tag=tag-11',
  'priority=low',
]

function counts({ jobs }: Samples): Asked[] {
  const batch = jobs.find((one) => one.batch !== null)!.batch
  const filters = [
    { state: ['suspended'] },
    { workflow: 'bench-parked' },
    { workflow: 'bench-rare' },
    { tag: 'tag-11' },
    { batch },
  ]
  return [...filters, { stage: 'bench-parked' }, { errorCode: 'bench.unreadable' }, { priority: 'low' }].map(
    (filter) => ({
      name: `count ${Object.entries(filter)
        .map(([key, value]) => (key === 'batch' ? key : `${key}=${String(value)}`))
        .join('&')}`,
      path: () => '/v1/jobs:cancel',
      body: { filter, dryRun: true },
    }),
  )
}

function single({ jobs, batches }: Samples): Asked[] {
  const parts = ['', '/history', '/input', '/result']
  return [
    ...parts.map((part) => ({ name: `job${part}`, path: (n: number) => `/v1/jobs/${of(jobs, n).id}${part}` })),
    { name: 'batches', path: () => '/v1/batches' },
    { name: 'batches limit=200', path: () => '/v1/batches?limit=200' },
    { name: 'batch', path: (n) => `/v1/batches/${of(batches, n)}` },
  ]
}

function taskLists({ jobs, tasks, batches }: Samples): Asked[] {
  const queries = [
    '',
    'state=new',
    'state=completed',
    'state=new,in_progress',
    'type=review',
    'type=none',
    'assignee=person-7',
    'assignee=nobody',
    'priority=high',
    'sort=priority',
    'sort=priority&state=new',
    'fallback=true',
    'fallback=false',
    'group=none',
    'serviceArea=none',
    'snoozed=true',
    'snoozed=false',
    'dueBefore=2026-01-01T00:00:00Z',
    'assignee=person-7&state=in_progress&type=review',
  ]
  return [
    ...queries.map((query) => ({ name: `tasks ${query}`, path: () => `/v1/tasks?${query}` })),
    { name: 'tasks job', path: (n) => `/v1/tasks?job=${of(jobs, n).id}` },
    { name: 'tasks batch', path: (n) => `/v1/tasks?batch=${of(batches, n)}` },
    { name: 'task', path: (n) => `/v1/tasks/${of(tasks, n)}` },
    { name: 'task/history', path: (n) => `/v1/tasks/${of(tasks, n)}/history` },
  ]
}

const views: Asked[] = [
  'stats',
  'stats?time_range=1h',
  'stats?time_range=31d',
  'failures',
  'failures?time_range=31d',
  'views/overview',
  'views/recent-activity',
  'views/daily-stats',
  'views/status',
  'views/performance',
  'views/performance?bucket=day&time_range=31d',
  'views/stuck',
  'views/bottlenecks',
  'views/automation',
  'views/automation?days=31',
  'views/tasks',
  'views/tasks?days=31',
].map((name) => ({ name, path: () => `/v1/${name}`, isView: true }))

const others = ({ jobs }: Samples): Asked[] => [
  ...[
    'stages',
    `stages/${STAGES[0]}/scale`,
    'workflows',
    'workflows/bench',
    'policies',
    'plans',
    'sla-configs',
    'sla-records',
    'sla-records?state=at_risk',
    'sla-figures',
    'triggers',
    'alerts',
    'webhooks',
    'sources',
    'bulk-actions',
    'catalog',
    'catalog/imports',
    'settings',
    'metadata',
    'corrections',
  ].map((name) => ({ name, path: () => `/v1/${name}` })),
  { name: 'catalog prefix', path: (n) => `/v1/catalog?prefix=${of(jobs, n).id.slice(0, 4)}` },
]
