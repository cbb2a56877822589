import type { JobState } from '@stageline/domain'
import { z } from 'zod'
import { Problem } from '../http/problems.ts'
import { submitDocument } from '../routes/documents/submit.ts'
import { AcceptedAnswer } from '../routes/jobs/accepted.ts'
import { advanceJob } from '../routes/jobs/act.ts'
import { JobAnswer } from '../routes/jobs/job-answer.ts'
import { readJob } from '../routes/jobs/read.ts'
import { pauseAllStages, resumeAllStages } from '../routes/stages/pause.ts'
import { StageList } from '../routes/stages/stage-answer.ts'
import { listStages, triggerStage } from '../routes/stages/stages.ts'
import { resolveTask } from '../routes/tasks/resolve.ts'
import { detailed, given, healthOf, read, type AliasCall, type AliasSource } from './alias.ts'

/** Documents that are followed stage by stage. */
export const SOURCE_001: AliasSource = {
  name: '001',
  refuse: detailed,
  aliases: [
    {
      method: 'get',
      path: '/api/health',
      canonical: '/health/ready',
      isOpen: true,
      serve: ({ health }) => healthOf(health),
    },
    { method: 'get', path: '/api/workflow/status', canonical: '/v1/stages', serve: status },
    { method: 'post', path: '/api/workflow/start', canonical: '/v1/stages:resume', serve: start },
    { method: 'post', path: '/api/workflow/stop', canonical: '/v1/stages:pause', serve: stop },
    {
      method: 'post',
      path: '/api/workflow/restart',
      canonical: '/v1/stages:resume',
      serve: async (call) => {
        await stop(call)
        return start(call, 'Workflow engine restarted')
      },
    },
    { method: 'post', path: '/api/workflow/trigger-stage', canonical: '/v1/stages', serve: trigger },
    {
      method: 'post',
      path: '/api/workflow/move-to-next-stage/{automation_id}',
      canonical: '/v1/jobs/{automation_id}:advance',
      serve: moveOn,
    },
    { method: 'get', path: '/api/workflow/metrics', canonical: '/v1/stages', serve: metrics },
    { method: 'get', path: '/api/workflow/stages', canonical: '/v1/stages', serve: stages },
    { method: 'post', path: '/api/automations/upload', canonical: '/v1/documents', isUpload: true, serve: upload },
    {
      method: 'get',
      path: '/api/automations/{automation_id}',
      canonical: '/v1/jobs/{automation_id}',
      serve: async (call) => ({ status: 200, body: showAutomation(await jobOf(call)) }),
    },
  ],
}

/** The stages of the system, in order, and those that do their work here. */
const STAGES = {
  Classification: ['classification'],
  'Data Extraction': ['extraction'],
  Processing: ['enrichment', 'scoring'],
} as const
const FLOW = ['NEW', ...Object.keys(STAGES), 'DONE']

type StageRow = z.output<typeof StageList>['items'][number]

async function status({ ask }: AliasCall) {
  return { status: 200, body: statusOf(read(StageList, await ask(listStages)).items) }
}

function statusOf(rows: readonly StageRow[]) {
  const processors = Object.entries(STAGES).map(([stage, ours]) => showProcessor(stage, theirs(rows, ours)))
  return { is_running: rows.some(({ paused }) => !paused), processors }
}

const showProcessor = (stage: string, rows: readonly StageRow[]) => ({
  stage,
  is_running: rows.some(({ paused, workers }) => !paused && workers.length > 0),
  queue_length: countOf(rows, ['queued', 'retrying', 'waiting']),
  processing: countOf(rows, ['processing']),
  workers: rows.flatMap(({ workers }) => workers.map(({ id }) => id)),
})

const theirs = (rows: readonly StageRow[], names: readonly string[]) =>
  rows.filter(({ stage }) => names.includes(stage))
const countOf = (rows: readonly StageRow[], states: readonly string[]): number =>
  rows.reduce((sum, { steps }) => sum + states.reduce((some, state) => some + (steps[state] ?? 0), 0), 0)

async function start({ ask }: AliasCall, message = 'Workflow engine started') {
  const { items } = read(StageList, await ask(resumeAllStages, { body: {} }))
  return { status: 200, body: { message, ...statusOf(items) } }
}

async function stop({ body, ask }: AliasCall) {
  const { items } = read(StageList, await ask(pauseAllStages, { body: given({ reason: body['reason'] }) }))
  return { status: 200, body: { message: 'Workflow engine stopped', ...statusOf(items) } }
}

async function trigger({ body, ask }: AliasCall) {
  const { stage: said } = body
  const wanted = typeof said === 'string' ? said.toLowerCase() : ''
  const found = Object.entries(STAGES).find(([name]) => name.toLowerCase() === wanted)
  if (!found) {
    const detail = `Expected one of ${Object.keys(STAGES).join(', ')}.`
    throw new Problem('request.invalid', detail, { errors: [{ pointer: '/stage', detail }] })
  }
  const [stage, ours] = found
  const answers = await Promise.all(ours.map((one) => ask(triggerStage, { params: { stage: one }, body: {} })))
  const items = answers.reduce((sum, answer) => sum + read(Triggered, answer).jobs, 0)
  return { status: 200, body: { message: `Triggered processing for stage: ${stage}`, stage, items } }
}
const Triggered = z.object({ jobs: z.number() })

/** The system moved without a result: here the result is given, or the step that waits for a person is skipped. */
async function moveOn(call: AliasCall) {
  const { params, body, ask } = call
  const [task] = (await jobOf(call)).openTasks
  const reason = { reason: body['reason'] ?? 'Moved to the next stage by hand' }
  if (body['output'] === undefined && task !== undefined)
    await ask(resolveTask, { params: { id: task }, body: { verdict: 'skip', ...reason } })
  else
    await ask(advanceJob, {
      params: { id: params['automation_id'] },
      body: { output: body['output'] ?? {}, ...reason },
    })
  const moved = showAutomation(await jobOf(call))
  return { status: 200, body: { message: `Moved to ${moved.stage}`, automation_id: moved.id, ...moved } }
}

async function metrics({ ask }: AliasCall) {
  const { items } = read(StageList, await ask(listStages))
  const { processors, is_running: isRunning } = statusOf(items)
  const lengths = Object.fromEntries(processors.map(({ stage, queue_length: length }) => [stage, length]))
  return { status: 200, body: { queue_lengths: lengths, processors, is_running: isRunning } }
}

async function stages({ ask }: AliasCall) {
  const { processors } = statusOf(read(StageList, await ask(listStages)).items)
  const shown = FLOW.map((name, i) => {
    const processor = processors.find(({ stage }) => stage === name)
    return { name, order: i, next_stage: FLOW[i + 1] ?? null, has_processor: processor !== undefined }
  })
  return { status: 200, body: { stages: shown, flow: FLOW.join(' → ') } }
}

async function upload({ ask, query }: AliasCall) {
  const answer = await ask(submitDocument, { query })
  const { id } = read(AcceptedAnswer, answer)
  const headers = { Location: `/api/automations/${id}` }
  return { status: answer.status, body: { id, stage: 'NEW', status: 'queued', message: 'File uploaded' }, headers }
}

const jobOf = async ({ params, ask }: AliasCall) =>
  read(JobAnswer, await ask(readJob, { params: { id: params['automation_id'] } }))

function showAutomation(job: z.output<typeof JobAnswer>) {
  return {
    id: job.id,
    stage: stageOf(job),
    status: job.state,
    error: job.lastError?.message ?? null,
    created_at: job.createdAt,
    updated_at: job.updatedAt,
    completed_at: job.finishedAt,
  }
}

const ENDED: readonly JobState[] = ['completed', 'cancelled']

/** NEW until the first step is under way. */
function stageOf({ state, stage, steps }: z.output<typeof JobAnswer>): string {
  if (ENDED.includes(state)) return 'DONE'
  const isNew = steps.every((step) => step.state === 'pending' || (step.state === 'queued' && step.attempt <= 1))
  const [first] = steps
  if (isNew && (stage === null || stage === first?.stage)) return 'NEW'
  const found = Object.entries(STAGES).find(([, ours]) => ours.some((one) => one === stage))
  return found?.[0] ?? stage ?? 'NEW'
}
