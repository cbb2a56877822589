import type { PersonsHappening } from '../gateway-deps.ts'
import { refuseUnstorable } from '../http/check-json.ts'
import { Problem, unknownResource } from '../http/problems.ts'
import { refused } from '../routes/jobs/act.ts'
import type { Visit } from './page.ts'

/** Does what the buttons of a job's page ask for. Returns the job to look at next: a replay is a new one. */
export async function actOnJob({ deps: { engine, reader }, who, form }: Visit, jobId: string): Promise<string> {
  const reason = form['reason']?.trim() || null
  refuseUnstorable({ reason })
  const by = { actor: who.actor, reason }
  if (form['action'] === 'replayed') {
    const job = await reader.job(who.tenantId, jobId)
    if (!job) throw unknownResource()
    const { businessKey, tags } = job
    const outcome = await engine.replayJob({ tenantId: who.tenantId, jobId, ...by, businessKey, tags })
    if (outcome.kind === 'unknown') throw unknownResource()
    if (outcome.kind === 'refused') throw refused(outcome)
    return outcome.jobId
  }
  const outcome = await engine.act({ tenantId: who.tenantId, jobId }, happening(form['action'], by))
  if (outcome.kind === 'unknown') throw unknownResource()
  if (outcome.kind === 'refused') throw refused(outcome)
  return jobId
}

function happening(action: string | undefined, by: { actor: string; reason: string | null }): PersonsHappening {
  if (action === 'suspended' && by.reason === null)
    throw new Problem('request.invalid', 'Say why a person should look at it.')
  if (action === 'cancelled' || action === 'suspended' || action === 'retried') return { kind: action, ...by }
  throw new Problem('request.invalid', 'There is no such action.')
}
