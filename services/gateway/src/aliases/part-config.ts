import { WorkflowDefinition } from '@stageline/domain'
import { z } from 'zod'
import type { Answer } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import { changePolicyThresholds, readPolicy } from '../routes/policies/policies.ts'
import { PolicyAnswer } from '../routes/policies/policy-answer.ts'
import { readWorkflow, saveWorkflow } from '../routes/workflows/workflows.ts'
import { given, read, type AliasCall } from './alias.ts'

const [COMPLETENESS, PRIORITY, PART] = ['completeness-v2', 'priority-threshold-v1', 'part']
const Part = z.object({ definition: WorkflowDefinition })

/** What stood in one object of the system stands here in two policies and in the workflow of parts. */
export async function readConfig({ ask }: Pick<AliasCall, 'ask'>): Promise<Answer> {
  const policy = async (name: string) => read(PolicyAnswer, await ask(readPolicy, { params: { name } }))
  const [complete, priority, part] = await Promise.all([policy(COMPLETENESS), policy(PRIORITY), readPart(ask)])
  const body = {
    automation_priority_threshold: priority.thresholds['minPriority'],
    // Each stage service has its own.
    automation_max_concurrent: null,
    automation_retry_attempts: part.retry?.maxAttempts ?? null,
    manual_priority_threshold: complete.thresholds['minPriority'],
    automation_failure_to_manual: part.onFailure === 'review',
    max_automation_failures: complete.thresholds['maxRecentFailures'],
    max_daily_tasks: complete.maxDailyTasks,
  }
  return { status: 200, body }
}

const Change = z.object({
  automation_priority_threshold: z.number().optional(),
  automation_max_concurrent: z.number().nullish(),
  automation_retry_attempts: z.number().int().min(1).max(100).nullish(),
  manual_priority_threshold: z.number().optional(),
  automation_failure_to_manual: z.boolean().optional(),
  max_automation_failures: z.number().optional(),
  max_daily_tasks: z.number().nullable().optional(),
})

export async function changeConfig({ body, ask }: AliasCall): Promise<Answer> {
  const parsed = Change.safeParse(body)
  if (!parsed.success) throw refused(parsed.error.issues.map(({ path, message }) => [path.join('/'), message]))
  const said = parsed.data
  if (typeof said.automation_max_concurrent === 'number')
    throw refused([
      ['automation_max_concurrent', 'Set CONCURRENCY of the stage services: it is no setting of the API.'],
    ])
  await change(ask, COMPLETENESS, {
    thresholds: given({ minPriority: said.manual_priority_threshold, maxRecentFailures: said.max_automation_failures }),
    ...(said.max_daily_tasks === undefined ? {} : { maxDailyTasks: said.max_daily_tasks }),
  })
  await change(ask, PRIORITY, { thresholds: given({ minPriority: said.automation_priority_threshold }) })
  await changePart(ask, said)
  return readConfig({ ask })
}

async function change(ask: AliasCall['ask'], name: string, to: { thresholds: object; maxDailyTasks?: number | null }) {
  if (Object.keys(to.thresholds).length === 0 && to.maxDailyTasks === undefined) return
  await ask(changePolicyThresholds, { params: { name }, body: to })
}

async function changePart(ask: AliasCall['ask'], said: z.output<typeof Change>): Promise<void> {
  const { automation_retry_attempts: maxAttempts, automation_failure_to_manual: toPeople } = said
  if (typeof maxAttempts !== 'number' && toPeople === undefined) return
  const part = await readPart(ask)
  const retry = typeof maxAttempts === 'number' ? { ...part.retry, maxAttempts } : part.retry
  const onFailure = toPeople === undefined ? part.onFailure : toPeople ? 'review' : 'fail'
  await ask(saveWorkflow, { params: { key: PART }, body: { ...part, retry, onFailure } })
}

const readPart = async (ask: AliasCall['ask']): Promise<WorkflowDefinition> =>
  read(Part, await ask(readWorkflow, { params: { key: PART } })).definition

const refused = (faults: [name: string, detail: string][]): Problem =>
  new Problem('request.invalid', faults[0]?.[1] ?? '', {
    errors: faults.map(([name, detail]) => ({ pointer: `/${name}`, detail })),
  })
