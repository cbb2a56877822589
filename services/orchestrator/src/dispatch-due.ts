import { SystemError } from '@stageline/domain'
import type { EngineDeps } from '@stageline/engine'
import { steadyAnswers } from './steady-answers.ts'

const AT_ONCE = 500

/**
 * Retries whose time has come, waits that are over, claims that ran out: their jobs go on. Rows taken by another
 * orchestrator are left to it. Just after an outage of the database claims are spared: their rows are taken again 5 s
 * later, and who is alive has renewed them by then. A row that cannot be advanced is told, and holds up no other.
 *
 * @param elapsed a monotonic clock, ms
 */
export function dispatchDue(
  { store, workflows, record, observer }: Pick<EngineDeps, 'store' | 'workflows' | 'record' | 'observer'>,
  elapsed: () => number = () => performance.now(),
) {
  const answers = steadyAnswers(elapsed)
  const round = async (sparesClaims: boolean): Promise<{ dispatched: number; more: boolean }> => {
    const jobs = await store.takeDue(AT_ONCE)
    const settled = await Promise.allSettled(
      jobs.map(async (job) => {
        const workflow = await workflows.version(job.tenantId, job.workflow, job.version)
        return record({ workflow, job, happening: { kind: 'due', sparesClaims } })
      }),
    )
    for (const { reason } of settled.filter((one) => one.status === 'rejected')) {
      if (reason instanceof SystemError) throw reason
      observer.trouble('orchestrator.dispatch-due', reason)
    }
    const dispatched = settled.filter((one) => one.status === 'fulfilled' && one.value.kind === 'recorded').length
    return { dispatched, more: jobs.length === AT_ONCE }
  }
  return () => {
    const sparesClaims = !answers.isSteady()
    return answers.watch(() => round(sparesClaims))
  }
}
