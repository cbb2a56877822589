import { z } from 'zod'

/** What is wrong with a value, and where: a JSON pointer (RFC 6901) and a sentence. */
export type Problem = { pointer: string; detail: string }

/** A zod schema, for packages that only hand it on. */
export type Schema<T> = z.ZodType<T>

const MOST = 20

/** A JSON pointer from the names and places on the way. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

export function problemsOf(
  error: { issues: readonly { path: PropertyKey[]; message: string }[] },
  root = '',
): Problem[] {
  return error.issues.slice(0, MOST).map(({ path, message }) => ({
    pointer: `${root}${pointerOf(path)}`,
    detail: message,
  }))
}

const compiled = new WeakMap<object, z.ZodType>()

/** Holds a value against a JSON Schema (2020-12). No problems means that it fits. `root` starts the pointers. */
export function jsonSchemaProblems(schema: object, value: unknown, root = ''): Problem[] {
  const check = compiled.get(schema) ?? z.fromJSONSchema(nameRequired(schema) as z.core.JSONSchema.JSONSchema)
  compiled.set(schema, check)
  const parsed = check.safeParse(value)
  return parsed.success ? [] : problemsOf(parsed.error, root)
}

/** The converter asks for a required value only where `properties` names it, too; the standard asks for it anyway. */
function nameRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(nameRequired)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, nameRequired(value)]))
  const { required, properties } = inner
  if (!Array.isArray(required) || inner['type'] !== 'object') return inner
  const named = Object.fromEntries(required.map((name) => [String(name), {}]))
  return { ...inner, properties: { ...named, ...(typeof properties === 'object' ? properties : {}) } }
}

/** The JSON Schema of a zod schema, as stages publish theirs. */
export const jsonSchemaOf = (schema: z.ZodType, io: 'input' | 'output'): unknown =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' })
