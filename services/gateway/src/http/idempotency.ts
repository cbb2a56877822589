import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { z } from 'zod'
import { Problem } from './problems.ts'

export const IdempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .meta({ description: 'Repeating a request with the same key and body within 24 h gives the first answer' }),
})

/**
 * The key of the request, a structured-field string or the same without quotes.
 * @throws Problem `request.bad_key`
 */
export function idempotencyKey(request: Request): string | undefined {
  const sent = request.get('idempotency-key')
  if (sent === undefined) return undefined
  const key = /^"(.*)"$/.exec(sent)?.[1] ?? sent
  if (/^[!-~]{1,255}$/.test(key)) return key
  throw new Problem('request.bad_key', 'The Idempotency-Key must have 1 to 255 visible ASCII characters.')
}

/** SHA-256 of a value written with sorted names, so that equal requests are equal however they were written. */
export const fingerprint = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex')

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
