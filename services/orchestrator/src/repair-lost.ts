import type { Job, Workflow } from '@stageline/domain'
import { SystemError } from '@stageline/domain'
import { codePoints, queueOfStep, type EngineDeps } from '@stageline/engine'
import type { StageQueue, StageRegistry } from '@stageline/engine/ports'
import { setTimeout as delay } from 'node:timers/promises'

const AT_ONCE = 5_000
/** Jobs that one orchestrator looks for a second, so that a recovery leaves Redis and Postgres room for the line. */
const JOBS_A_SECOND = 10_000
/** From this look on, a message that is in no live list counts as lost even though its hash is there. */
const CLOSE_LOOK = 3

type Parts = {
  engine: Pick<EngineDeps, 'store' | 'workflows' | 'record' | 'observer'>
  queue: Pick<StageQueue, 'missing' | 'ready'>
  stages: Pick<StageRegistry, 'bundles'>
}

/** A queued step whose message is looked for. */
type Sought = { stage: string; id: string; closely: boolean }
type Looked = { job: Job; workflow: Workflow; sought: readonly Sought[] }

/**
 * Compares what the record says is queued with what Redis still has, and sends again what is gone. Any number may run: a
 * row is taken by one of them, and what two send is worked once. A stage whose queue takes nothing is left to a later
 * round; where none does, no row is touched.
 *
 * @throws TransientError `queue.unavailable` while Redis takes no messages at all
 */
export function repairLost({ engine, queue, stages }: Parts) {
  return async (): Promise<{ resent: number; more: boolean }> => {
    const began = performance.now()
    const away = await notReady(queue, [...(await stages.bundles()).keys()])
    const taken = await engine.store.takeUnchecked(AT_ONCE)
    const looked = await lookUp(taken, engine)
    const { missing, unasked } = await ask(looked, { queue, observer: engine.observer }, away)
    await giveBack(looked, unasked, engine.store)
    if (taken.length > 0) codePoints.repairing.publish({ jobs: taken.length, missing: missing.size })
    const resent = await Promise.all(looked.map((one) => resend(one, missing, engine)))
    const count = resent.filter(Boolean).length
    if (count > 0) engine.observer.count('messages_resent', count)
    await keepPace(taken.length, began)
    return { resent: count, more: taken.length === AT_ONCE }
  }
}

/** Stages whose queues take nothing. */
async function notReady(queue: Parts['queue'], stages: readonly string[]): Promise<Set<string>> {
  const asked = await Promise.allSettled(stages.map((stage) => queue.ready(stage)))
  const refusals = asked.filter((answer) => answer.status === 'rejected')
  if (refusals[0] && refusals.length === stages.length) throw refusals[0].reason
  return new Set(stages.filter((_, i) => asked[i]!.status === 'rejected'))
}

/** A row whose workflow this process cannot read, such as a newer one's, is told and holds up no other. */
async function lookUp(
  taken: readonly { job: Job; looks: number }[],
  { workflows, observer }: Parts['engine'],
): Promise<Looked[]> {
  const looked: Looked[] = []
  for (const one of taken) {
    try {
      looked.push(await lookUpOne(one, workflows))
    } catch (error) {
      if (error instanceof SystemError) throw error
      observer.trouble('orchestrator.repair-lost', error)
    }
  }
  return looked
}

async function lookUpOne(
  { job, looks }: { job: Job; looks: number },
  workflows: Parts['engine']['workflows'],
): Promise<Looked> {
  const workflow = await workflows.version(job.tenantId, job.workflow, job.version)
  const sought = Object.entries(job.steps).flatMap(([key, step]): Sought[] => {
    const { stage } = workflow.steps.get(key)!.definition
    const { state, message: id } = step
    return state === 'queued' && id ? [{ stage: queueOfStep(stage, step), id, closely: looks >= CLOSE_LOOK }] : []
  })
  return { job, workflow, sought }
}

/** Each queue apart, since each may live on another node: one that does not answer hides nothing of the others. */
async function ask(
  looked: readonly Looked[],
  { queue, observer }: Pick<Parts, 'queue'> & Pick<EngineDeps, 'observer'>,
  away: ReadonlySet<string>,
): Promise<{ missing: ReadonlySet<string>; unasked: ReadonlySet<string> }> {
  const groups = Map.groupBy(distinct(looked), ({ stage, closely }) => `${stage} ${closely}`)
  const [missing, unasked] = [new Set<string>(), new Set(away)]
  const asking = [...groups.values()].map(async (group) => {
    const { stage, closely } = group[0]!
    if (away.has(stage)) return
    try {
      for (const id of await queue.missing(group, closely)) missing.add(id)
    } catch (error) {
      observer.trouble('queue.unavailable', error, { stage })
      unasked.add(stage)
    }
  })
  await Promise.all(asking)
  return { missing, unasked }
}

/** The steps of a bundle share a message. */
const distinct = (looked: readonly Looked[]): Sought[] => [
  ...new Map(looked.flatMap(({ sought }) => sought.map((one) => [one.id, one]))).values(),
]

async function giveBack(
  looked: readonly Looked[],
  unasked: ReadonlySet<string>,
  store: Parts['engine']['store'],
): Promise<void> {
  const left = looked.filter(({ sought }) => sought.some(({ stage }) => unasked.has(stage)))
  if (left.length > 0) await store.giveBackUnchecked(left.map(({ job }) => job))
}

async function resend(
  { job, workflow, sought }: Looked,
  missing: ReadonlySet<string>,
  { record }: Parts['engine'],
): Promise<boolean> {
  const lost = sought.flatMap(({ id }) => (missing.has(id) ? [id] : []))
  if (lost.length === 0) return false
  const recorded = await record({ workflow, job, happening: { kind: 'resent', messages: lost } })
  return recorded.kind === 'recorded'
}

async function keepPace(jobs: number, began: number): Promise<void> {
  const early = (jobs * 1_000) / JOBS_A_SECOND - (performance.now() - began)
  if (early > 0) await delay(early)
}
