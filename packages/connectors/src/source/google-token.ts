import { createSign } from 'node:crypto'
import { expectOk } from '../http/expect-ok.ts'
import type { Outbound } from '../http/outbound.ts'
import { malformed, readJson } from '../look-up/read-json.ts'
import type { ServiceAccount } from './connections.ts'
import { sourceFault } from './source-error.ts'

const SCOPE = 'https://www.googleapis.com/auth/bigquery.readonly'
const LIFE_S = 3_600
const SPARE_MS = 60_000

type Deps = { outbound: Outbound; now: () => Date }

/** Access tokens of a service account (RFC 7523), each used until a minute before its end. */
export function googleToken(
  account: ServiceAccount,
  { outbound, now }: Deps,
): (signal: AbortSignal) => Promise<string> {
  let held: { token: string; until: number } | undefined
  return async (signal) => {
    if (held && held.until > now().getTime()) return held.token
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertionOf(account, now()),
    }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = expectOk(await outbound.call(account.token_uri, { method: 'POST', headers, body, signal }), now())
    const { access_token: token, expires_in: seconds } = Object(readJson(answer)) as Record<string, unknown>
    if (typeof token !== 'string' || typeof seconds !== 'number') throw malformed(answer.url)
    held = { token, until: now().getTime() + seconds * 1_000 - SPARE_MS }
    return token
  }
}

function assertionOf(
  { client_email: issuer, private_key: key, token_uri: audience }: ServiceAccount,
  now: Date,
): string {
  const at = Math.floor(now.getTime() / 1_000)
  const claims = { iss: issuer, scope: SCOPE, aud: audience, iat: at, exp: at + LIFE_S }
  const text = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  try {
    return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
  } catch (cause) {
    throw sourceFault(
      'source.bad_key',
      'The private_key of the service account is no PEM key: copy its JSON file whole',
      cause,
    )
  }
}
