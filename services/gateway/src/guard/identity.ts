import type { Response } from 'express'
import { Problem } from '../http/problems.ts'

/** Who asks: the name of the key is the actor in the history. */
export type Identity = { tenantId: string; actor: string; /** How it was proved. */ by: 'key' | 'cookie' | 'loopback' }

const identities = new WeakMap<Response, Identity>()

export const setIdentity = (response: Response, identity: Identity): void => void identities.set(response, identity)

export const knownIdentity = (response: Response): Identity | undefined => identities.get(response)

/** @throws Problem `auth.required` */
export function identityOf(response: Response): Identity {
  const identity = identities.get(response)
  if (identity) return identity
  throw new Problem('auth.required', 'This address needs an API key.', { headers: { 'WWW-Authenticate': 'Bearer' } })
}
