import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { expectOk } from '../http/expect-ok.ts'
import type { Outbound } from '../http/outbound.ts'
import { malformed, readJson } from './read-json.ts'

const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })

/** Replaced this long before it ends, so that none ends on its way. */
const EARLY_MS = 60_000

export type TokenSource = {
  /** The token in use, or a new one; calls that come at once share one request. */
  token(now: Date): Promise<string>
  /** It was refused: the next call asks for another. */
  forget(token: string): void
}

/** Access tokens by OAuth 2.0 client credentials (RFC 6749, 4.4), each kept until shortly before its end. */
export function createTokenSource(
  client: { url: string; id: string; secret: string },
  outbound: Outbound,
  clock: () => number = () => performance.now(),
): TokenSource {
  let kept: { token: Promise<string>; value?: string; until: number } | undefined
  const request = async (now: Date) => {
    const { token, lifeMs } = await requestToken(client, outbound, now)
    kept = { token: Promise.resolve(token), value: token, until: clock() + Math.max(lifeMs - EARLY_MS, lifeMs / 2) }
    return token
  }
  return {
    token(now) {
      if (kept && clock() < kept.until) return kept.token
      const token = request(now).catch((error: unknown) => {
        kept = undefined
        throw error
      })
      kept = { token, until: Infinity }
      return token
    },
    forget(token) {
      if (kept?.value === token) kept = undefined
    },
  }
}

/** Not bound to the signal of one step: others wait for the same token. */
async function requestToken(client: { url: string; id: string; secret: string }, outbound: Outbound, now: Date) {
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret }
  const answer = await outbound.call(`${client.url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
  })
  const parsed = Token.safeParse(readJson(expectOk(answer, now)))
  if (!parsed.success) throw malformed(answer.url)
  return { token: parsed.data.access_token, lifeMs: parsed.data.expires_in * 1_000 }
}
