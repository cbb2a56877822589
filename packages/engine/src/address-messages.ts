import type { Job, Workflow } from '@stageline/domain'
import { isQuarantine, newId } from '@stageline/domain'
import type { Message } from './ports/index.ts'
import { queueOfStep } from './queue-of-step.ts'

export type Sending = { workflow: Workflow; job: Job; send: readonly string[] }

/**
 * Chooses the message that each queued step travels with, before the commit, and writes its id into the step: steps of
 * one tenant, workflow and stage share a message up to the stage's bundle size; what goes into quarantine travels alone, so
 * that it takes nobody with it. After the commit the messages are sent; if that
 * fails, repair finds the ids in the rows.
 *
 * @returns the jobs with their steps addressed, in the order given, and the messages.
 */
export function addressMessages(
  sendings: readonly Sending[],
  bundleOf: (stage: string) => number,
): { jobs: Job[]; messages: Message[] } {
  const open = new Map<
    string,
    { id: string; stage: string; tenantId: string; workflow: string; steps: [string, string, number][] }
  >()
  const messages: Message[] = []

  const address = ({ workflow, job }: Sending, key: string): string => {
    const step = job.steps[key]!
    const stage = queueOfStep(workflow.steps.get(key)!.definition.stage, step)
    const alone = isQuarantine(stage)
    const group = `${job.tenantId}/${workflow.key}/${stage}`
    let message = alone ? undefined : open.get(group)
    if (!message || message.steps.length >= bundleOf(stage)) {
      message = { id: newId(), stage, tenantId: job.tenantId, workflow: workflow.key, steps: [] }
      messages.push(message)
      if (!alone) open.set(group, message)
    }
    message.steps.push([job.id, key, step.fence])
    return message.id
  }

  const jobs = sendings.map((sending) => {
    if (sending.send.length === 0) return sending.job
    const steps = { ...sending.job.steps }
    for (const key of sending.send) steps[key] = { ...steps[key]!, message: address(sending, key) }
    return { ...sending.job, steps }
  })
  return { jobs, messages }
}
