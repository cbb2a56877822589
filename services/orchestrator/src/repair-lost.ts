import type { Job, Workflow } from '@stageline/domain'
import { SystemError } from '@stageline/domain'
import { codePoints, type EngineDeps } from '@stageline/engine'
import type { Sought, StageQueue, StageRegistry } from '@stageline/engine/ports'
import { setTimeout as delay } from 'node:timers/promises'

const AT_ONCE = 5_000
/** Steps that one orchestrator looks for a second, so that a recovery leaves Redis and Postgres room for the line. */
const STEPS_A_SECOND = 10_000
/** From this look on, a message that is in no live list counts as lost even though its hash is there. */
const CLOSE_LOOK = 3

type Parts = {
  engine: Pick<EngineDeps, 'store' | 'workflows' | 'record' | 'observer'>
  queue: Pick<StageQueue, 'missing' | 'ready'>
  stages: Pick<StageRegistry, 'bundles'>
}

/**
 * Compares the messages that the record looks for with what Redis still has, and sends the steps again that are queued
 * with one that is gone. Any number may run: a message is taken by one of them, and what two send is worked once. A stage
 * whose queue takes nothing is left to a later round; where none does, nothing is taken.
 *
 * @throws TransientError `queue.unavailable` where Redis takes no messages at all
 */
export function repairLost({ engine, queue, stages }: Parts) {
  return async (): Promise<{ resent: number; more: boolean }> => {
    const began = performance.now()
    if (!(await engine.store.hasUnchecked())) return { resent: 0, more: false }
    const away = await notReady(queue, [...(await stages.bundles()).keys()])
    const taken = await engine.store.takeUnchecked(AT_ONCE)
    const { missing, unasked } = await ask(taken, { queue, observer: engine.observer }, away)
    const left = taken.filter(({ stage }) => unasked.has(stage))
    if (left.length > 0) await engine.store.giveBackUnchecked(left.map(({ id }) => id))
    if (taken.length > 0) codePoints.repairing.publish({ messages: taken.length, missing: missing.length })
    const resent = await resendAll(missing, engine)
    if (resent > 0) engine.observer.count('messages_resent', resent)
    const steps = taken.reduce((sum, { jobs }) => sum + jobs.length, 0)
    await keepPace(steps, began)
    return { resent, more: steps >= AT_ONCE }
  }
}

/** Stages whose queues take nothing. */
async function notReady(queue: Parts['queue'], stages: readonly string[]): Promise<Set<string>> {
  const asked = await Promise.allSettled(stages.map((stage) => queue.ready(stage)))
  const refusals = asked.filter((answer) => answer.status === 'rejected')
  if (refusals[0] && refusals.length === stages.length) throw refusals[0].reason
  return new Set(stages.filter((_, i) => asked[i]!.status === 'rejected'))
}

/** Each queue apart, since each may live on another node: one that does not answer hides nothing of the others. */
async function ask(
  taken: readonly Sought[],
  { queue, observer }: Pick<Parts, 'queue'> & Pick<EngineDeps, 'observer'>,
  away: ReadonlySet<string>,
): Promise<{ missing: Sought[]; unasked: ReadonlySet<string> }> {
  const groups = Map.groupBy(taken, ({ stage, looks }) => `${stage} ${looks >= CLOSE_LOOK}`)
  const [missing, unasked] = [new Set<string>(), new Set(away)]
  const asking = [...groups.values()].map(async (group) => {
    const { stage, looks } = group[0]!
    if (away.has(stage)) return
    try {
      for (const id of await queue.missing(group, looks >= CLOSE_LOOK)) missing.add(id)
    } catch (error) {
      observer.trouble('queue.unavailable', error, { stage })
      unasked.add(stage)
    }
  })
  await Promise.all(asking)
  return { missing: taken.filter(({ id }) => missing.has(id)), unasked }
}

/** Sends what is queued with these messages again, and forgets those that nobody waits for then. How many jobs. */
async function resendAll(missing: readonly Sought[], engine: Parts['engine']): Promise<number> {
  if (missing.length === 0) return 0
  const refs = missing.flatMap(({ tenantId, jobs }) => jobs.map((jobId) => ({ tenantId, jobId })))
  const jobs = new Map((await engine.store.read(refs)).flatMap((job) => (job ? [[job.id, job] as const] : [])))
  const gone = new Set(missing.map(({ id }) => id))
  const resent = await Promise.all([...jobs.values()].map((job) => resend(job, gone, engine)))
  const kept = new Set(resent.flatMap((one) => (one.kind === 'kept' ? one.messages : [])))
  engine.store.forget([...gone].filter((id) => !kept.has(id)))
  return resent.filter(({ kind }) => kind === 'resent').length
}

/** `left`: it waits for none of them. `kept`: it does, and could not be sent now. */
type Resent = { kind: 'resent' | 'left' } | { kind: 'kept'; messages: readonly string[] }

async function resend(job: Job, gone: ReadonlySet<string>, engine: Parts['engine']): Promise<Resent> {
  const messages = Object.values(job.steps).flatMap(({ state, message }) =>
    state === 'queued' && message !== undefined && gone.has(message) ? [message] : [],
  )
  if (messages.length === 0) return { kind: 'left' }
  const workflow = await workflowOf(job, engine)
  if (!workflow) return { kind: 'kept', messages }
  const recorded = await engine.record({ workflow, job, happening: { kind: 'resent', messages } })
  if (recorded.kind === 'unstorable') return { kind: 'kept', messages }
  return { kind: recorded.kind === 'recorded' ? 'resent' : 'left' }
}

/** A workflow that this process cannot read, such as a newer one's, is told and holds up no other job. */
async function workflowOf(
  { tenantId, workflow, version }: Job,
  { workflows, observer }: Parts['engine'],
): Promise<Workflow | undefined> {
  try {
    return await workflows.version(tenantId, workflow, version)
  } catch (error) {
    if (error instanceof SystemError) throw error
    observer.trouble('orchestrator.repair-lost', error)
    return undefined
  }
}

async function keepPace(steps: number, began: number): Promise<void> {
  const early = (steps * 1_000) / STEPS_A_SECOND - (performance.now() - began)
  if (early > 0) await delay(early)
}
