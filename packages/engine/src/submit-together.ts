import { DataError } from '@stageline/domain'
import type { Backlog } from './backlog.ts'
import type { EngineDeps } from './engine-deps.ts'
import { gather } from './gather.ts'
import { submitJobs, type Submitted, type SubmitRequest } from './submit-jobs.ts'

const AT_ONCE = 200

/**
 * Submits as {@link submitJobs} does. Single requests that come while others are being stored share the next transaction,
 * so that the more there are, the less each costs; several at once are stored as they come.
 */
export function submitTogether(
  deps: EngineDeps & { backlog: Backlog },
): (requests: readonly SubmitRequest[]) => Promise<Submitted[]> {
  const together = gather((requests: SubmitRequest[]) => submitAll(requests, deps), { maxItems: AT_ONCE })
  return async (requests) => (requests.length === 1 ? [await together(requests[0]!)] : submitJobs(requests, deps))
}

async function submitAll(
  requests: readonly SubmitRequest[],
  deps: EngineDeps & { backlog: Backlog },
): Promise<(Submitted | Promise<never>)[]> {
  const outcomes = new Map<SubmitRequest, PromiseSettledResult<Submitted>>()
  const tenants = [...Map.groupBy(requests, ({ tenantId }) => tenantId).values()]
  await Promise.all(
    tenants.map(async (group) => {
      const settled = await submitGroup(group, deps)
      group.forEach((request, i) => outcomes.set(request, settled[i]!))
    }),
  )
  return requests.map((request) => {
    const outcome = outcomes.get(request)!
    return outcome.status === 'fulfilled' ? outcome.value : Promise.reject(outcome.reason)
  })
}

/** One that cannot be stored takes no other with it. */
async function submitGroup(
  group: readonly SubmitRequest[],
  deps: EngineDeps & { backlog: Backlog },
): Promise<PromiseSettledResult<Submitted>[]> {
  try {
    return (await submitJobs(group, deps)).map((value) => ({ status: 'fulfilled', value }))
  } catch (reason) {
    if (group.length === 1 || !(reason instanceof DataError)) return group.map(() => ({ status: 'rejected', reason }))
    return (await Promise.all(group.map((one) => submitGroup([one], deps)))).flat()
  }
}
