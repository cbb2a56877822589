import { z } from 'zod'
import { cancelJob, retryJob, suspendJob } from '../routes/jobs/act.ts'
import { HistoryAnswer, JobAnswer, JobSummary } from '../routes/jobs/job-answer.ts'
import { listJobs } from '../routes/jobs/list.ts'
import { readJobHistory } from '../routes/jobs/read-parts.ts'
import { readJob } from '../routes/jobs/read.ts'
import { readStats, StatsAnswer } from '../routes/views/stats.ts'
import { detailed, given, read, type AliasCall, type AliasSource } from './alias.ts'

const BASE = '/api/v1/workflow'

/** Workflows of products, with their states, retries and history. */
export const SOURCE_003: AliasSource = {
  name: '003',
  refuse: detailed,
  aliases: [
    { method: 'get', path: BASE, canonical: '/v1/jobs', serve: list },
    { method: 'get', path: `${BASE}/metrics`, canonical: '/v1/stats', serve: metrics },
    {
      method: 'get',
      path: `${BASE}/{workflow_id}/status`,
      canonical: '/v1/jobs/{workflow_id}',
      serve: async (call) => ({ status: 200, body: await statusOf(call) }),
    },
    {
      method: 'get',
      path: `${BASE}/{workflow_id}/history`,
      canonical: '/v1/jobs/{workflow_id}/history',
      serve: history,
    },
    {
      method: 'post',
      path: `${BASE}/{workflow_id}/retry`,
      canonical: '/v1/jobs/{workflow_id}:retry',
      serve: act(retryJob),
    },
    {
      method: 'post',
      path: `${BASE}/{workflow_id}/cancel`,
      canonical: '/v1/jobs/{workflow_id}:cancel',
      serve: act(cancelJob),
    },
    {
      method: 'post',
      path: `${BASE}/{workflow_id}/suspend`,
      canonical: '/v1/jobs/{workflow_id}:suspend',
      serve: act(suspendJob),
    },
  ],
}

const idOf = ({ params }: AliasCall) => ({ id: params['workflow_id'] })

async function list({ query, ask }: AliasCall) {
  const { state, stage, limit, cursor } = query
  const answer = await ask(listJobs, { query: given({ state, stage, limit, cursor }) })
  const { items, next } = read(Jobs, answer)
  const workflows = items.map((job) => ({
    workflow_id: job.id,
    current_state: job.state,
    current_stage: job.stage,
    workflow: job.workflow,
    created_at: job.createdAt,
    updated_at: job.updatedAt,
  }))
  return { status: 200, body: { workflows, count: workflows.length, next_cursor: next } }
}
const Jobs = z.object({ items: z.array(JobSummary), next: z.string().nullable() })

async function statusOf(call: AliasCall) {
  const job = read(JobAnswer, await call.ask(readJob, { params: idOf(call) }))
  const retries = job.steps.reduce((sum, { attempt }) => sum + Math.max(0, attempt - 1), 0)
  return {
    workflow_id: job.id,
    current_state: job.state,
    current_stage: job.stage,
    retry_count: retries,
    last_error: job.lastError?.message ?? null,
    created_at: job.createdAt,
    updated_at: job.updatedAt,
    metadata: {
      workflow: job.workflow,
      version: job.version,
      business_key: job.businessKey,
      tags: job.tags,
      error_code: job.lastError?.code ?? null,
    },
  }
}

/** A job that has ended is done again as a new one: its id is told. */
function act(operation: typeof retryJob) {
  return async (call: AliasCall) => {
    const { status, body } = await call.ask(operation, {
      params: idOf(call),
      body: given({ reason: call.body['reason'] }),
    })
    if (status === 202)
      return { status, body: { workflow_id: read(z.object({ id: z.string() }), { status, body }).id } }
    return { status: 200, body: await statusOf(call) }
  }
}

async function history(call: AliasCall) {
  const { items } = read(Entries, await call.ask(readJobHistory, { params: idOf(call) }))
  const id = idOf(call).id
  const transitions = items.map((entry) => ({
    transition_id: `${id}-${entry.seq}`,
    workflow_id: id,
    from_state: entry.jobFrom,
    to_state: entry.jobTo,
    stage: entry.stage,
    reason: entry.reason,
    metadata: {
      event: entry.event,
      step: entry.step,
      attempt: entry.attempt,
      path: entry.path,
      failure: entry.failure,
    },
    created_at: entry.at,
    actor: entry.actor,
  }))
  return { status: 200, body: { workflow_id: id, transitions } }
}
const Entries = z.object({ items: z.array(HistoryAnswer) })

async function metrics({ query, ask }: AliasCall) {
  const stats = read(StatsAnswer, await ask(readStats, { query: given({ time_range: query['time_range'] }) }))
  const body = {
    time_range: stats.timeRange,
    active_workflows: stats.activeWorkflows,
    state_distribution: stats.stateDistribution,
    state_durations: inSeconds(stats.stateDurations),
    stage_durations: inSeconds(stats.stageDurations),
    error_breakdown: Object.fromEntries(stats.errorBreakdown.map(({ code, count }) => [code, count])),
    retry_counts: Object.fromEntries(stats.retryCounts.top.map(({ jobId, retries }) => [jobId, retries])),
    avg_processing_time: seconds(stats.processing?.avgMs ?? 0),
    error_rate: stats.errorRate ?? 0,
    throughput: stats.throughputPerHour,
  }
  return { status: 200, body }
}

const seconds = (ms: number): number => Math.round(ms) / 1_000

const inSeconds = (durations: z.output<typeof StatsAnswer>['stageDurations']) =>
  Object.fromEntries(
    Object.entries(durations).map(([name, { count, avgMs, p50Ms, p95Ms, p99Ms }]) => [
      name,
      { count, avg: seconds(avgMs), p50: seconds(p50Ms), p95: seconds(p95Ms), p99: seconds(p99Ms) },
    ]),
  )
