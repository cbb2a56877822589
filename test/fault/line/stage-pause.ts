import type { Rig } from './start-rig.ts'

/** Lets no worker of a stage begin another step, as an operator does: what comes waits in its queue. */
export const pauseStage = (rig: Rig, stage: string, until?: Date): Promise<void> => tell(rig, stage, 'pause', { until })

export const resumeStage = (rig: Rig, stage: string): Promise<void> => tell(rig, stage, 'resume')

async function tell(rig: Rig, stage: string, action: 'pause' | 'resume', body: object = {}): Promise<void> {
  const [gateway] = rig.of('gateway')
  const [tenant] = rig.tenants
  const answer = await fetch(`http://127.0.0.1:${gateway!.port}/v1/stages/${stage}:${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tenant!.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${action} ${stage}: ${answer.status} ${await answer.text()}`)
}
