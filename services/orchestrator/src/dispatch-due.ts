import type { EngineDeps } from '@stageline/engine'

const AT_ONCE = 500

/**
 * Retries whose time has come, waits that are over, claims that ran out: their jobs go on. Rows taken by another
 * orchestrator are left to it.
 */
export function dispatchDue({ store, workflows, record }: Pick<EngineDeps, 'store' | 'workflows' | 'record'>) {
  return async (): Promise<{ dispatched: number; more: boolean }> => {
    const jobs = await store.takeDue(AT_ONCE)
    const recorded = await Promise.all(
      jobs.map(async (job) => {
        const workflow = await workflows.version(job.tenantId, job.workflow, job.version)
        return record({ workflow, job, happening: { kind: 'due' } })
      }),
    )
    return { dispatched: recorded.filter(({ kind }) => kind === 'recorded').length, more: jobs.length === AT_ONCE }
  }
}
