import { z } from 'zod'
import { compileCel } from './cel.ts'
import { valueAt } from './json.ts'

/**
 * When a step runs: a declarative value check, or CEL (Common Expression Language, cel.dev). Both see `input` (the
 * job's input) and `steps.<key>` (outputs). Nothing else is evaluated anywhere; there is no `eval`.
 */

const OPERATORS = ['equals', 'not', 'gt', 'gte', 'lt', 'lte', 'in', 'exists', 'matches'] as const

export const ValueCheck = z.strictObject({
  type: z.literal('value_check'),
  path: z
    .string()
    .regex(/^\$(input|steps)(\.[A-Za-z0-9_-]+)+$/, 'must be a reference such as $input.total or $steps.scoring.score'),
  operator: z.enum(OPERATORS),
  value: z.json().optional(),
})

export const Condition = z.union([
  ValueCheck,
  z.strictObject({ type: z.literal('cel'), expression: z.string().min(1).max(1000) }),
])
export type Condition = z.infer<typeof Condition>

/** A reference as `['input', 'total']` or `['steps', 'scoring', 'score']`. */
export type Reference = readonly string[]

export type CompiledCondition = {
  references: readonly Reference[]
  /** @throws when a CEL expression meets values that it cannot work with. */
  holds(values: ConditionValues): boolean
}

/** Values by their reference, joined with dots: `{ 'input.total': 12 }`. */
export type ConditionValues = Readonly<Record<string, unknown>>

/** @throws Error with the reason and the place when the expression does not parse or could not be evaluated. */
export function compileCondition(condition: Condition): CompiledCondition {
  return condition.type === 'value_check' ? compileValueCheck(condition) : compileCel(condition.expression)
}

function compileValueCheck(check: z.infer<typeof ValueCheck>): CompiledCondition {
  const reference = check.path.slice(1).split('.')
  const test = tester(check.operator, check.value ?? null)
  return { references: [reference], holds: (values) => test(values[reference.join('.')] ?? null) }
}

function tester(operator: (typeof OPERATORS)[number], expected: unknown): (value: unknown) => boolean {
  const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b)
  const compare = (holds: (order: number) => boolean) => (value: unknown) => {
    if (typeof value !== typeof expected || (typeof value !== 'number' && typeof value !== 'string')) return false
    return holds(value < (expected as typeof value) ? -1 : value > (expected as typeof value) ? 1 : 0)
  }
  const matches = wildcard(String(expected))
  switch (operator) {
    case 'equals':
      return (value) => same(value, expected)
    case 'not':
      return (value) => !same(value, expected)
    case 'gt':
      return compare((order) => order > 0)
    case 'gte':
      return compare((order) => order >= 0)
    case 'lt':
      return compare((order) => order < 0)
    case 'lte':
      return compare((order) => order <= 0)
    case 'in':
      return (value) => Array.isArray(expected) && expected.some((one) => same(value, one))
    case 'exists':
      return (value) => (value !== null) === (expected !== false)
    case 'matches':
      return (value) => typeof value === 'string' && matches(value)
    default:
      throw new TypeError(operator satisfies never)
  }
}

/** `*` stands for any run of characters: enough for names and types, and no pattern can be made slow. */
function wildcard(pattern: string): (value: string) => boolean {
  const [start = '', ...rest] = pattern.toLowerCase().split(/\*+/)
  const end = rest.pop()
  return (value) => {
    const text = value.toLowerCase()
    if (end === undefined) return text === start
    if (!text.startsWith(start) || text.length < start.length + end.length || !text.endsWith(end)) return false
    let at = start.length
    for (const part of rest) {
      const found = text.indexOf(part, at)
      if (found === -1) return false
      at = found + part.length
    }
    return at <= text.length - end.length
  }
}

export const MAX_CONDITION_VALUE_BYTES = 1000

const MAX_CONDITION_LIST = 200

/** Picks what conditions name out of an input or an output; names what is too large to travel in the job's row. */
export function pickValues(
  references: readonly Reference[],
  root: readonly string[],
  tree: unknown,
): { values: Record<string, unknown>; tooLarge: string[] } {
  const values: Record<string, unknown> = {}
  const tooLarge: string[] = []
  for (const reference of references) {
    if (!root.every((name, i) => reference[i] === name)) continue
    const name = reference.join('.')
    const value = valueAt(tree, reference.slice(root.length)) ?? null
    if (isTooLarge(value)) tooLarge.push(name)
    else values[name] = value
  }
  return { values, tooLarge }
}

const isTooLarge = (value: unknown): boolean =>
  (Array.isArray(value) && value.length > MAX_CONDITION_LIST) ||
  Buffer.byteLength(JSON.stringify(value)) > MAX_CONDITION_VALUE_BYTES
