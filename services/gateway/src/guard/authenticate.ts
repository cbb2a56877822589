import { createHash } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import type { GatewayDeps } from '../gateway-deps.ts'
import { Problem } from '../http/problems.ts'
import { setIdentity, type Identity } from './identity.ts'
import { hostName, isLoopbackName, isLoopbackPeer } from './loopback.ts'
import { openSession, readSessionCookie } from './session-cookie.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Finds out who asks: by the key in `Authorization`, by the cookie of the sign-in page, or, as long as there is no key
 * at all, by asking from this very machine. Whoever stays unknown goes on without an identity: each address decides
 * whether it serves strangers.
 */
export function authenticate(deps: GatewayDeps): RequestHandler {
  return async (request, response, next) => {
    refuseKeyInUrl(request)
    const identity =
      (await byKey(request, deps)) ?? (await byCookie(request, deps)) ?? (await byLoopback(request, deps))
    if (identity) setIdentity(response, identity)
    next()
  }
}

function refuseKeyInUrl(request: Request): void {
  const values = Object.values(request.query).flat()
  if (!values.some((value) => typeof value === 'string' && value.startsWith('sl_'))) return
  throw new Problem('auth.key_in_url', 'The address holds an API key.')
}

async function byKey(request: Request, { apiKeys }: GatewayDeps): Promise<Identity | undefined> {
  const header = request.get('authorization')
  if (header === undefined) return undefined
  const key = /^bearer +(\S+)$/i.exec(header)?.[1]
  const found = key === undefined ? undefined : await apiKeys.find(sha256(key))
  if (!found) {
    const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' }
    throw new Problem('auth.unknown_key', 'The key in the Authorization header is not known.', { headers })
  }
  return { tenantId: found.tenantId, actor: found.name, by: 'key' }
}

async function byCookie(request: Request, { apiKeys, settings, now }: GatewayDeps): Promise<Identity | undefined> {
  const session = openSession(readSessionCookie(request), settings.sessionSecret, now())
  const found = session === undefined ? undefined : await apiKeys.find(session)
  return found && { tenantId: found.tenantId, actor: found.name, by: 'cookie' }
}

async function byLoopback(request: Request, { apiKeys, settings }: GatewayDeps): Promise<Identity | undefined> {
  if (!isLoopbackPeer(request) || !isLoopbackName(hostName(request.get('host') ?? ''))) return undefined
  if (await apiKeys.any()) return undefined
  return { tenantId: settings.localTenantId, actor: 'local', by: 'loopback' }
}
