import type { EngineDeps } from '../engine-deps.ts'
import type { NewJob } from '../ports/index.ts'
import { submitJobs, type SubmitRequest } from '../submit-jobs.ts'
import type { RunDeps } from './run-batch.ts'

/**
 * What would come of jobs if they were submitted now: the very code that submits them, with a record and a queue that
 * keep nothing.
 */
export function planJobs(deps: EngineDeps): RunDeps['submit'] {
  return async (requests: readonly SubmitRequest[]) => {
    const made: NewJob[] = []
    const store = {
      ...deps.store,
      now: () => deps.store.now(),
      pastOf: (...asked: Parameters<typeof deps.store.pastOf>) => deps.store.pastOf(...asked),
      ownersOf: (...asked: Parameters<typeof deps.store.ownersOf>) => deps.store.ownersOf(...asked),
      accept: async (_tenantId: string, jobs: readonly NewJob[]) => {
        made.push(...jobs)
        return jobs.map(({ job }) => ({ kind: 'accepted' as const, jobId: job.id }))
      },
    }
    const results = await submitJobs(requests, {
      ...deps,
      store,
      queue: { send: async () => {} },
      observer: { ...deps.observer, count: () => {} },
      backlog: { within: (_tenantId, wanted, keep) => keep(wanted, undefined) },
    })
    const decisions = new Map(made.map(({ job, decisions: [first] }) => [job.id, first?.decision]))
    return results.map((result) => {
      const decision = result.kind === 'accepted' ? decisions.get(result.jobId) : undefined
      return { ...result, planned: { route: decision?.route ?? null, rule: decision?.rule ?? null } }
    })
  }
}
