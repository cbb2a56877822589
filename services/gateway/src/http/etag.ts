import type { Request } from 'express'
import { Problem, type ProblemCode } from './problems.ts'

export const etagOf = (key: string, version: number): string => `"${key}-${version}"`

/**
 * The version that a request wants to change: null where it names none, 0 where there must be none yet.
 * @throws Problem `code` for the tag of something else
 */
export function expectedVersion(request: Request, key: string, code: ProblemCode): number | null {
  if (request.get('if-none-match') === '*') return 0
  const tag = request.get('if-match')
  if (tag === undefined || tag === '*') return null
  const version = tag.startsWith(`"${key}-`) ? Number(tag.slice(key.length + 2, -1)) : Number.NaN
  if (Number.isInteger(version) && version > 0) return version
  throw new Problem(code, `The ETag in If-Match is not one of "${key}".`)
}
