import { jsonSchemaProblems, type Problem } from './problem.ts'
import { isQuickPattern } from './quick-pattern.ts'

/** Parts of a schema, references followed. */
const MOST_PARTS = 1_000
/** Values of an input times parts of the schema: about a second at the very most. */
const MOST_WORK = 2_000_000

/**
 * What keeps a JSON Schema from being the form of a workflow's inputs. Definitions come from outside, and every input is
 * held against them where requests are answered: what could take for ever is refused when the definition is saved.
 */
export function checkInputSchema(schema: object): Problem[] {
  try {
    partsOf(schema)
    jsonSchemaProblems(schema, {})
    return []
  } catch (error) {
    return [{ pointer: '/inputSchema', detail: error instanceof Error ? error.message : String(error) }]
  }
}

/** Holds an input against a schema that {@link checkInputSchema} has passed, unless that would take too long. */
export function inputSchemaProblems(schema: object, input: unknown): Problem[] {
  if (partsOf(schema) * valuesIn(input) <= MOST_WORK) return jsonSchemaProblems(schema, input)
  return [{ pointer: '', detail: 'The input has too many values to be held against the schema of this workflow' }]
}

const counted = new WeakMap<object, number>()

/** @throws Error when a reference leads in a circle, a pattern could take for ever, or there are too many parts. */
function partsOf(schema: object): number {
  const known = counted.get(schema)
  if (known !== undefined) return known
  const walk: Walk = { root: schema, parts: 0, path: new Set() }
  visit(schema, walk)
  counted.set(schema, walk.parts)
  return walk.parts
}

type Walk = { root: object; parts: number; path: Set<object> }

function visit(part: unknown, walk: Walk): void {
  if (typeof part !== 'object' || part === null) return
  if (walk.path.has(part)) throw new Error('A schema whose references lead in a circle is not supported')
  walk.parts += 1
  if (walk.parts > MOST_PARTS)
    throw new Error(`A schema may have at most ${MOST_PARTS} parts, with every reference followed`)
  walk.path.add(part)
  refuseSlowPatterns(part)
  for (const child of Object.values(part)) visit(child, walk)
  if ('$ref' in part && typeof part.$ref === 'string') visit(target(walk.root, part.$ref), walk)
  walk.path.delete(part)
}

function refuseSlowPatterns(part: object): void {
  const named = 'patternProperties' in part ? Object.keys(part.patternProperties ?? {}) : []
  const own = 'pattern' in part && typeof part.pattern === 'string' ? [part.pattern] : []
  for (const pattern of [...own, ...named]) {
    if (isQuickPattern(pattern)) continue
    const detail = 'begin with ^, no groups or alternatives, one open repetition at most; or list the values in "enum"'
    throw new Error(`The pattern ${JSON.stringify(pattern.slice(0, 100))} could take for ever. Patterns here ${detail}`)
  }
}

/** What a reference within the schema names (RFC 6901); others are refused by the converter. */
function target(root: object, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined
  const names = decodeURIComponent(reference.slice(1)).split('/').slice(1)
  return names.reduce<unknown>((at, name) => {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~')
    return typeof at === 'object' && at !== null ? Object.entries(at).find(([own]) => own === key)?.[1] : undefined
  }, root)
}

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, child) => sum + valuesIn(child), 1)
}
