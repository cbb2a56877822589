import { deliver, matchWebhooks, type DeliverDeps } from '@stageline/engine'
import { TRIGGER_STREAMS, type DeliveryQueue, type Endpoint, type Observer } from '@stageline/engine/ports'

const AT_ONCE = 500
/** Endpoints that one process serves at a time, and what it sends at a time to each: one that hangs holds up no other. */
const [MOST_ENDPOINTS, SENT_AT_ONCE] = [32, 8]
/** Longer than an answer may take; what somebody had in hand who is gone is sent by another after so long. */
const LEASE_MS = 30_000
/** The log is kept for 30 days: what is older is dropped in every so many rounds. */
const [ROUNDS_BETWEEN, FORGET_AT_ONCE] = [1_000, 5_000]

/**
 * Reads on in the histories, one orchestrator at a time, and notes what goes to which endpoint. Where nothing is to be
 * sent it reads on all the same, so that what happens meanwhile is not sent later.
 */
export function watchWebhooks({ queue, notify }: { queue: Pick<DeliveryQueue, 'read'>; notify: boolean }) {
  return async (): Promise<{ noted: number; more: boolean }> => {
    const match = notify ? matchWebhooks : () => []
    const ends = await Promise.all(TRIGGER_STREAMS.map((stream) => queue.read(stream, AT_ONCE, match)))
    const noted = ends.reduce((sum, one) => sum + one.noted, 0)
    return { noted, more: ends.some(({ read }) => read === AT_ONCE) }
  }
}

export type Deliverer = {
  runOnce(): Promise<{ more: boolean }>
  /** Resolves when nothing is being sent any more. */
  idle(): Promise<void>
}

type Parts = Omit<DeliverDeps, 'queue'> & {
  queue: DeliveryQueue
  observer: Pick<Observer, 'trouble' | 'count'>
  stopping: AbortSignal
}

/** What stopping has cut off is no failure of the receiver: another sends it when the lease is over. */
const uncut = ({ queue, stopping }: Parts): DeliverDeps['queue'] => ({
  delivered: (taken, attempt) => queue.delivered(taken, attempt),
  failed: async (taken, attempt, next) => {
    if (attempt.status !== null || !stopping.aborted) await queue.failed(taken, attempt, next)
  },
})

/** Begins with each endpoint for which something is due, and goes on with it until nothing is; does not wait for it. */
export function deliverWebhooks(parts: Parts): Deliverer {
  const { queue, observer, stopping } = parts
  const inHand = new Map<string, Promise<void>>()
  let rounds = 0
  const begin = (endpoint: Endpoint) =>
    serve(endpoint, parts)
      .catch((error: unknown) => stopping.aborted || observer.trouble('orchestrator.deliver-webhooks', error))
      .then(() => void inHand.delete(endpoint.id))
  return {
    async runOnce() {
      if (rounds++ % ROUNDS_BETWEEN === 0) await queue.forget(FORGET_AT_ONCE)
      const free = MOST_ENDPOINTS - inHand.size
      const due = free > 0 ? await queue.due([...inHand.keys()], free) : []
      for (const endpoint of due) inHand.set(endpoint.id, begin(endpoint))
      return { more: false }
    },
    idle: async () => void (await Promise.all(inHand.values())),
  }
}

async function serve(endpoint: Endpoint, parts: Parts): Promise<void> {
  const { queue, observer, stopping } = parts
  while (!stopping.aborted) {
    const taken = await queue.take(endpoint, SENT_AT_ONCE, LEASE_MS)
    if (taken.length === 0) return
    await Promise.all(
      taken.map(async (one) => {
        const outcome = await deliver(one, { ...parts, queue: uncut(parts) })
        observer.count('events_processed', 1, { event: one.type, outcome })
      }),
    )
  }
}
