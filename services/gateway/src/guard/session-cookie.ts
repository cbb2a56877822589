import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'

const NAME = 'stageline_session'

/**
 * A browser's session is the hash of its API key and an expiry, sealed with AES-256-GCM. Nothing is stored; a revoked
 * key ends its sessions; whoever can read hashes in the database cannot make one without the secret of this process.
 *
 * @param keyHash SHA-256 of the key, in hex
 */
export function sealSession(keyHash: string, expires: Date, secret: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), iv)
  const sealed = Buffer.concat([cipher.update(`${expires.getTime()}.${keyHash}`), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** The key's hash, or `undefined` for a value that is forged, damaged, expired or sealed with another secret. */
export function openSession(value: string | undefined, secret: string, now: Date): string | undefined {
  const bytes = Buffer.from(value ?? '', 'base64url')
  if (bytes.length < 29) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), bytes.subarray(0, 12)).setAuthTag(
      bytes.subarray(12, 28),
    )
    const [expires = '', keyHash] = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
      .toString()
      .split('.')
    return Number(expires) > now.getTime() ? keyHash : undefined
  } catch {
    return undefined
  }
}

export function readSessionCookie(request: Request): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1)
}

export function setSessionCookie(request: Request, response: Response, value: string, maxAge: number): void {
  response.cookie(NAME, value, { httpOnly: true, sameSite: 'strict', secure: request.secure, maxAge, path: '/' })
}

export function clearSessionCookie(response: Response): void {
  response.clearCookie(NAME, { httpOnly: true, sameSite: 'strict', path: '/' })
}

const keyOf = (secret: string): Buffer => createHash('sha256').update(`stageline session ${secret}`).digest()
