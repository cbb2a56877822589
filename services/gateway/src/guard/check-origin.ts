import type { Request, RequestHandler } from 'express'
import type { GatewaySettings } from '../gateway-deps.ts'
import { Problem } from '../http/problems.ts'
import { knownIdentity } from './identity.ts'
import { hostName, isLoopbackName } from './loopback.ts'

/**
 * Refuses what a foreign page makes a browser send. A request that proves itself with a key needs no such check: no
 * page can make a browser send one.
 */
export function checkOrigin({ allowedHosts }: Pick<GatewaySettings, 'allowedHosts'>): RequestHandler {
  return (request, response, next) => {
    const by = knownIdentity(response)?.by
    if (by === 'key') return next()
    checkHost(request, allowedHosts)
    if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) checkSender(request, by === 'cookie')
    next()
  }
}

/** A name that points here only by the will of a foreign name server must not be served (DNS rebinding). */
function checkHost(request: Request, allowedHosts: readonly string[]): void {
  const name = hostName(request.get('host') ?? '')
  if (isLoopbackName(name) || allowedHosts.includes(name)) return
  throw new Problem('auth.foreign_host', `"${name.slice(0, 100)}" is not one of the names that are served here.`)
}

/** Browsers send `Origin` with every request that changes something; programs on this machine need not. */
function checkSender(request: Request, originNeeded: boolean): void {
  const origin = request.get('origin')
  const site = request.get('sec-fetch-site')
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  const sameOrigin = origin === undefined ? !originNeeded : hostOf(origin) === request.get('host')
  if (sameOrigin && !foreignSite) return
  throw new Problem('auth.foreign_origin', 'A page of another site must not change anything here.')
}

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)
