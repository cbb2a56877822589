import { z } from 'zod'

/** A JSON tree, as it is stored and sent. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export const JsonObject = z.record(z.string(), z.json())
export type JsonObject = z.infer<typeof JsonObject>

const has = Object.prototype.hasOwnProperty

/** The value at a dotted path (`fields.total.value`, `lines.0.sum`), own properties only; undefined where there is none. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  let at = tree
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !has.call(at, name)) return undefined
    at = (at as Record<string, unknown>)[name]
  }
  return at
}
