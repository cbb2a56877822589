import type { WebhookAnswer, WebhookMessage } from '@stageline/engine/ports'
import { Webhook } from 'standardwebhooks'
import { parseRetryAfter } from '../http/expect-ok.ts'
import type { Outbound } from '../http/outbound.ts'

const TIMEOUT_MS = 15_000
/** So much of an answer is read; the rest is left where it is. */
const SHOWN_BYTES = 1_000

/**
 * Signs a message as Standard Webhooks say and posts it: each secret signs, so that a receiver may change from one to the
 * next. A redirect is not followed: it would say that all is well where nothing was taken.
 *
 * @throws as `Outbound.call`, where nobody answers
 */
export function createWebhookSender(outbound: Outbound): (message: WebhookMessage) => Promise<WebhookAnswer> {
  const post = outbound.fetchWithin({ timeoutMs: TIMEOUT_MS, maxBytes: Number.POSITIVE_INFINITY, maxRedirects: 0 })
  return async (message) => {
    const answer = await post(message.url, { method: 'POST', body: message.body, headers: headersOf(message) })
    const beginning = await beginningOf(answer)
    return { status: answer.status, beginning, retryAfterMs: parseRetryAfter(answer.headers, message.at) }
  }
}

const headersOf = ({ id, at, body, secrets }: WebhookMessage): Record<string, string> => ({
  'content-type': 'application/json',
  'user-agent': 'stageline-webhooks',
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
})

/** The status is what counts: whatever breaks behind it breaks only what is shown. */
async function beginningOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of body ?? []) {
      parts.push(part)
      bytes += part.length
      if (bytes >= SHOWN_BYTES) break
    }
  } catch {
    // What came is shown.
  }
  return storable(Buffer.concat(parts).subarray(0, SHOWN_BYTES).toString('utf8'))
}

/** Postgres keeps no NUL in JSON. */
const storable = (text: string): string => text.replaceAll('\0', '\u{FFFD}').toWellFormed()
