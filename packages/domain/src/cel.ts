import { Environment, type ASTNode } from '@marcbachmann/cel-js'
import type { CompiledCondition, ConditionValues, Reference } from './condition.ts'

/**
 * CEL within bounds: definitions come from outside, and what they say runs in every worker. Size and depth are capped by
 * the evaluator; lists are walked one within another nowhere, and there are no regular expressions, since both can be
 * made to take hours.
 */
const bounded = () =>
  new Environment({ limits: { maxAstNodes: 200, maxDepth: 24, maxListElements: 200, maxMapEntries: 50 } })

/** What an expression may name, and the evaluator that knows it. */
type World = { roots: readonly string[]; cel: Environment }

const JOB: World = {
  roots: ['input', 'steps'],
  cel: bounded().registerVariable('input', 'dyn').registerVariable('steps', 'dyn'),
}
const ENTRY: World = { roots: ['entry'], cel: bounded().registerVariable('entry', 'dyn') }

/**
 * Compiles an expression over `input` and `steps`. A value that is not there is `null`, and `has()` of it is false.
 * A result of `null` counts as false.
 *
 * @throws Error when the expression does not parse, cannot be a yes or no, or names things beyond `input` and `steps`.
 */
export const compileCel = (expression: string): CompiledCondition => compileOver(expression, JOB)

/**
 * The same over `entry`: one entry of a history, as triggers see it.
 *
 * @throws Error as `compileCel`
 */
export const compileEntryCel = (expression: string): CompiledCondition => compileOver(expression, ENTRY)

function compileOver(expression: string, { roots, cel }: World): CompiledCondition {
  const { ast } = cel.parse(expression)
  refuseSlow(ast, false)
  const evaluate = cel.parse(withoutHas(expression, ast))
  const { valid, error, type } = evaluate.check()
  if (!valid) throw error ?? new Error('The expression is not valid')
  if (type !== 'bool' && type !== 'dyn')
    throw new Error(`The expression gives ${type}; a condition must be true or false`)
  const references = referencesOf(evaluate.ast, roots)
  return { references, holds: (values) => yesOrNo(evaluate(treeOf(values, references))) }
}

function yesOrNo(result: unknown): boolean {
  if (typeof result === 'boolean' || result === null) return result === true
  throw new TypeError(`The condition gave ${typeof result}, which is neither true nor false`)
}

const WALKS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

function refuseSlow(node: ASTNode, walking: boolean): void {
  const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined
  if (name === 'matches') throw new Error('matches() is not available; use startsWith, endsWith or contains')
  const walks = node.op === 'rcall' && name !== undefined && WALKS.has(name)
  if (walks && walking)
    throw new Error(`${name}() stands within another walk through a list, which could take for ever`)
  for (const child of childrenOf(node)) refuseSlow(child, walking || walks)
}

/** `has(x)` asks whether a value is there; here every named value is, as `null` where the job has none. */
function withoutHas(expression: string, node: ASTNode): string {
  const spans = hasCalls(node).toSorted((a, b) => b.start - a.start)
  return spans.reduce(
    (text, { start, end, inner }) =>
      `${text.slice(0, start)}(${text.slice(inner.start, inner.end)} != null)${text.slice(end)}`,
    expression,
  )
}

type Span = { start: number; end: number }

function hasCalls(node: ASTNode): (Span & { inner: Span })[] {
  if (node.op === 'call' && node.args[0] === 'has') {
    const [inner] = node.args[1]
    if (!inner || node.args[1].length > 1) throw new Error('has() takes one value, such as has(input.total)')
    return [{ start: node.start, end: node.end, inner: { start: inner.start, end: inner.end } }]
  }
  return childrenOf(node).flatMap(hasCalls)
}

function childrenOf(node: ASTNode): ASTNode[] {
  const children: unknown[] = Array.isArray(node.args) ? node.args : [node.args]
  return children.flat(2).filter(isNode)
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value

function referencesOf(node: ASTNode, roots: readonly string[]): Reference[] {
  const chain = chainOf(node, roots)
  if (!chain) return childrenOf(node).flatMap((child) => referencesOf(child, roots))
  // The evaluator asks objects for their class by this name.
  if (chain.includes('constructor')) throw new Error(`${chain.join('.')} cannot be looked at`)
  if (chain.length > 1) return [chain]
  throw new Error(`Name a value of ${chain[0]}, such as ${chain[0]}.total`)
}

/** `input.total`, `steps["data-fetch"].rows`: the names along the way. */
function chainOf(node: ASTNode, roots: readonly string[]): string[] | undefined {
  if (node.op === 'id') return roots.includes(node.args) ? [node.args] : undefined
  if (node.op !== '.' && node.op !== '[]') return undefined
  const [object, name] = node.args
  const chain = chainOf(object, roots)
  if (!chain) return undefined
  if (typeof name === 'string') return [...chain, name]
  // A name with a dot could not be told from a path; below the first name CEL looks into the value itself.
  const literal =
    name.op === 'value' && typeof name.args === 'string' && !name.args.includes('.') ? name.args : undefined
  return literal === undefined ? undefined : [...chain, literal]
}

/** The tree that the expression looks at: shorter references first, so that a longer one is a part of its value. */
function treeOf(values: ConditionValues, references: readonly Reference[]): Record<string, unknown> {
  const tree: Tree = Object.create(null)
  for (const reference of references.toSorted((a, b) => a.length - b.length)) {
    put(tree, reference, values[reference.join('.')] ?? null)
  }
  return tree
}

type Tree = Record<string, unknown>

function put(tree: Tree, reference: Reference, value: unknown): void {
  let at = tree
  for (const name of reference.slice(0, -1)) {
    if (at[name] === undefined) at[name] = Object.create(null)
    const next = at[name]
    if (typeof next !== 'object' || next === null) return
    at = next as Tree
  }
  at[reference.at(-1)!] = structuredClone(value)
}
