import type { Request } from 'express'
import { Problem, type ProblemCode } from './problems.ts'

/**
 * The version that a change asks for: of `If-Match`, 0 for `If-None-Match: *` (there must be none yet), null where it
 * does not matter.
 *
 * @param name of what is changed; ETags are `"<name>-<version>"`
 * @throws Problem with `code` when the ETag is not one of it
 */
export function expectedVersion(request: Request, name: string, code: ProblemCode): number | null {
  if (request.get('if-none-match') === '*') return 0
  const tag = request.get('if-match')
  if (tag === undefined || tag === '*') return null
  const version = tag.startsWith(`"${name}-`) ? Number(tag.slice(name.length + 2, -1)) : Number.NaN
  if (Number.isInteger(version) && version > 0) return version
  throw new Problem(code, `The ETag in If-Match is not one of "${name}".`)
}
