import { pointerOf, type Problem } from './problem.ts'

const MOST = 20

/**
 * What keeps a value from being stored as it is, at most 20 problems: NUL and lone surrogates, which Postgres refuses in
 * JSON; numbers that JSON has no form for (it would make them null); integers of any size; nesting beyond `maxDepth`
 * levels, lists of more than `maxItems`; and `__proto__`, which would change meaning on the way.
 */
export function storableProblems(value: unknown, limits: { maxDepth: number; maxItems?: number }): Problem[] {
  const { maxDepth, maxItems = Infinity } = limits
  const problems: Problem[] = []
  const path: string[] = []
  const note = (detail: string): void => void problems.push({ pointer: pointerOf(path), detail })

  const inspectText = (text: string): void => {
    if (text.includes('\0')) note('Text must not hold the NUL character.')
    if (!text.isWellFormed()) note('Text must not hold half of a surrogate pair.')
  }
  const inspectMembers = (tree: object): void => {
    for (const [key, child] of Object.entries(tree)) {
      path.push(key)
      if (key === '__proto__') note('This name is not allowed.')
      inspectText(key)
      inspect(child)
      path.pop()
    }
  }
  const inspect = (one: unknown): void => {
    if (problems.length >= MOST) return
    if (typeof one === 'string') return inspectText(one)
    if (typeof one === 'bigint') return note('JSON has no integers of any size.')
    if (typeof one === 'number' && !Number.isFinite(one)) return note('The number is out of range.')
    if (typeof one !== 'object' || one === null) return
    if (path.length >= maxDepth) return note(`Values may be nested ${maxDepth} levels deep.`)
    if (Array.isArray(one) && one.length > maxItems) return note(`A list may have at most ${maxItems} items.`)
    inspectMembers(one)
  }
  inspect(value)
  return problems
}
