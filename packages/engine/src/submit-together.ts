import { SystemError } from '@stageline/domain'
import type { Backlog } from './backlog.ts'
import type { EngineDeps } from './engine-deps.ts'
import { gatherBy } from './gather.ts'
import { submitJobs, type Submitted, type SubmitRequest } from './submit-jobs.ts'

type Deps = EngineDeps & { backlog: Backlog }
type Sized = { request: SubmitRequest; bytes: number }

/** A group is some 100 ms of the database; whoever has waited for 4 s will soon not be waiting any more. */
const LIMITS = {
  maxItems: 200,
  maxBytes: 4_000_000,
  maxWaiting: 1_000,
  maxWaitingBytes: 16_000_000,
  maxWaitMs: 4_000,
  sizeOf: ({ bytes }: Sized) => bytes,
}

/**
 * Submits as {@link submitJobs} does. Single requests of a tenant that come while others are being stored share the next
 * transaction, so that the more there are, the less each costs; several at once are stored as they come.
 *
 * @throws SystemError `intake.busy`: nothing was tried, since too many of the tenant wait or wait for too long
 */
export function submitTogether(deps: Deps): (requests: readonly SubmitRequest[]) => Promise<Submitted[]> {
  const together = gatherBy(
    ({ request }: Sized) => request.tenantId,
    async (group) => {
      const settled = await submitGroup(
        group.map(({ request }) => request),
        deps,
      )
      return settled.map((one) => (one.status === 'fulfilled' ? one.value : Promise.reject(one.reason)))
    },
    LIMITS,
  )
  return async (requests) => {
    const [request] = requests
    if (!request || requests.length > 1) return submitJobs(requests, deps)
    return [await together({ request, bytes: JSON.stringify(request.input).length })]
  }
}

/** One that cannot be stored takes no other with it: the group is halved until it is alone. */
async function submitGroup(group: readonly SubmitRequest[], deps: Deps): Promise<PromiseSettledResult<Submitted>[]> {
  try {
    return (await submitJobs(group, deps)).map((value) => ({ status: 'fulfilled', value }))
  } catch (reason) {
    if (group.length === 1 || reason instanceof SystemError) return group.map(() => ({ status: 'rejected', reason }))
    const half = Math.ceil(group.length / 2)
    return [...(await submitGroup(group.slice(0, half), deps)), ...(await submitGroup(group.slice(half), deps))]
  }
}
