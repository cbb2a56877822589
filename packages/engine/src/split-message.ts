import type { ExecutorDeps } from './execute-step.ts'
import type { Message } from './ports/index.ts'

/**
 * Sends the steps of a message again, each as its sender now bundles them. For bundles that were sent before their stage
 * got a pace: a pace counts messages, and all steps of a bundle would run in the time of one.
 */
export async function splitMessage({ id, tenantId, steps }: Message, deps: ExecutorDeps): Promise<void> {
  const { load, workflows, record } = deps
  await Promise.all(
    steps.map(async ([jobId, step, fence]) => {
      const job = (await load({ tenantId, jobId, step, fence }))?.job
      if (!job) return
      const workflow = await workflows.version(tenantId, job.workflow, job.version)
      await record({ workflow, job, happening: { kind: 'resent', messages: [id] } })
    }),
  )
}
