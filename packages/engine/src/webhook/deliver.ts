import { pauseAfter, toFailure, webhookBody } from '@stageline/domain'
import type { DeliveryAttempt, DeliveryQueue, TakenDelivery, WebhookAnswer, WebhookMessage } from '../ports/index.ts'

export type DeliverDeps = {
  queue: Pick<DeliveryQueue, 'delivered' | 'failed'>
  /** Signs and sends. @throws where nobody answers */
  send: (message: WebhookMessage) => Promise<WebhookAnswer>
  /** Of this process, for durations. */
  elapsedMs: () => number
}

/**
 * Sends what was taken, and notes how it went. Anything but a 2xx answer is a failure: it is tried again, later each time,
 * except where the receiver says that it is gone (410).
 */
export async function deliver(taken: TakenDelivery, deps: DeliverDeps): Promise<'delivered' | 'retried' | 'failed'> {
  const { attempt, retryAfterMs } = await tryOnce(taken, deps)
  if (isWell(attempt)) {
    await deps.queue.delivered(taken, attempt)
    return 'delivered'
  }
  const isGone = attempt.status === 410
  const afterMs = isGone ? null : pauseAfter(taken.tries, retryAfterMs)
  await deps.queue.failed(taken, attempt, { afterMs, isGone })
  return afterMs === null ? 'failed' : 'retried'
}

const isWell = ({ status }: DeliveryAttempt): boolean => status !== null && status >= 200 && status < 300

async function tryOnce({ settings, secrets, id, at, type, entry }: TakenDelivery, { send, elapsedMs }: DeliverDeps) {
  const began = elapsedMs()
  const about = () => ({ at, durationMs: Math.round(elapsedMs() - began) })
  try {
    const answer = await send({
      url: settings.url,
      secrets,
      id,
      at: new Date(at),
      body: webhookBody(settings, type, entry),
    })
    const attempt: DeliveryAttempt = { ...about(), status: answer.status, answer: answer.beginning, error: null }
    return { attempt, retryAfterMs: answer.retryAfterMs }
  } catch (thrown) {
    const { code, message } = toFailure(thrown)
    const attempt: DeliveryAttempt = { ...about(), status: null, answer: null, error: { code, message } }
    return { attempt, retryAfterMs: undefined }
  }
}
