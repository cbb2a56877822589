import type { EngineDeps } from '@stageline/engine'
import { steadyAnswers } from './steady-answers.ts'

const AT_ONCE = 500

/**
 * Retries whose time has come, waits that are over, claims that ran out: their jobs go on. Rows taken by another
 * orchestrator are left to it. Just after an outage of the database claims are spared: their rows are taken again 5 s
 * later, and who is alive has renewed them by then.
 *
 * @param elapsed a monotonic clock, ms
 */
export function dispatchDue(
  { store, workflows, record }: Pick<EngineDeps, 'store' | 'workflows' | 'record'>,
  elapsed: () => number = () => performance.now(),
) {
  const answers = steadyAnswers(elapsed)
  const round = async (sparesClaims: boolean): Promise<{ dispatched: number; more: boolean }> => {
    const jobs = await store.takeDue(AT_ONCE)
    const recorded = await Promise.all(
      jobs.map(async (job) => {
        const workflow = await workflows.version(job.tenantId, job.workflow, job.version)
        return record({ workflow, job, happening: { kind: 'due', sparesClaims } })
      }),
    )
    return { dispatched: recorded.filter(({ kind }) => kind === 'recorded').length, more: jobs.length === AT_ONCE }
  }
  return () => {
    const sparesClaims = !answers.isSteady()
    return answers.watch(() => round(sparesClaims))
  }
}
