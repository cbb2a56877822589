import type { z } from 'zod'
import { pointerOf, type Problem as FieldProblem } from '@stageline/domain'
import { Problem } from './problems.ts'

/**
 * Parses a part of a request and points to everything that does not fit.
 * @param where what the pointers are relative to: a body (``), or `query`
 * @throws Problem `request.invalid`
 */
export function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown, where = ''): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.flatMap((issue) => issueErrors(issue, where))
  throw new Problem('request.invalid', errors[0]?.detail ?? 'The request does not fit its schema.', { errors })
}

function issueErrors(issue: z.core.$ZodIssue, where: string): FieldProblem[] {
  const at = [...(where ? [where] : []), ...issue.path]
  const pointer = pointerOf(at)
  if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }]
  return issue.keys.map((key) => ({
    pointer: pointerOf([...at, key]),
    detail: `There is no property "${key}" here.`,
  }))
}
