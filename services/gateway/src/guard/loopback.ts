import { isIP } from 'node:net'
import type { Request } from 'express'

/** The name in a `Host` value, without port and brackets, in lower case. */
export function hostName(host: string): string {
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : (host.split(':', 1)[0] ?? '')
  return name.toLowerCase()
}

export function isLoopbackName(name: string): boolean {
  if (name === 'localhost' || name === '::1') return true
  return isIP(name) === 4 && name.startsWith('127.')
}

/** True when the other end of the socket is this machine and no proxy says that it speaks for somebody else. */
export function isLoopbackPeer(request: Request): boolean {
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip'].some((name) => request.get(name) !== undefined)
  const address = request.socket.remoteAddress ?? ''
  return !forwarded && isLoopbackName(address.replace(/^::ffff:/, ''))
}
