import { z } from 'zod'

/** What is wrong with a value, and where: a JSON pointer (RFC 6901) and a sentence. */
export type Problem = { pointer: string; detail: string }

/** A zod schema, for packages that only hand it on. */
export type Schema<T> = z.ZodType<T>

const MOST = 20

export function problemsOf(
  error: { issues: readonly { path: PropertyKey[]; message: string }[] },
  root = '',
): Problem[] {
  return error.issues.slice(0, MOST).map(({ path, message }) => ({
    pointer: [root, ...path.map((name) => String(name).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/'),
    detail: message,
  }))
}

const compiled = new WeakMap<object, z.ZodType>()

/** Holds a value against a JSON Schema (2020-12). No problems means that it fits. `root` starts the pointers. */
export function jsonSchemaProblems(schema: object, value: unknown, root = ''): Problem[] {
  const check = compiled.get(schema) ?? z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema)
  compiled.set(schema, check)
  const parsed = check.safeParse(value)
  return parsed.success ? [] : problemsOf(parsed.error, root)
}

/** The JSON Schema of a zod schema, as stages publish theirs. */
export const jsonSchemaOf = (schema: z.ZodType, io: 'input' | 'output'): unknown =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' })
