import { xmlAll, xmlAttribute, xmlText, type XmlNode } from '@stageline/domain'

type Step = { names: string; condition?: { path: string; equal: boolean; values: ReadonlySet<string> } }

/**
 * The nodes at a path, a small part of XPath: `A/B` children, `A|B` either, `A[B/C=x|y]` those with such a value, `!=`
 * those without, `@name` at the end an attribute. `//A` at the beginning finds elements at any depth, `//*A` those whose
 * name ends so. Values of conditions are compared without blanks and letter case.
 */
export function selectPath(from: XmlNode, path: string): XmlNode[] {
  const [first, ...rest] = stepsOf(path)
  if (!first) return [from]
  const begun = path.startsWith('//') ? anywhere(from, first) : take(from, first)
  return rest.reduce((nodes, step) => nodes.flatMap((node) => take(node, step)), begun)
}

const take = (node: XmlNode, step: Step): XmlNode[] =>
  keep(step.names.startsWith('@') ? attribute(node, step.names.slice(1)) : xmlAll(node, step.names), step)

function keep(found: XmlNode[], { condition }: Step): XmlNode[] {
  if (!condition) return found
  const { path, equal, values } = condition
  const hasValue = (one: XmlNode) =>
    selectPath(one, path).some((value) => values.has(xmlText(value)?.toUpperCase() ?? ''))
  return found.filter((one) => hasValue(one) === equal)
}

function attribute(node: XmlNode, name: string): XmlNode[] {
  const value = xmlAttribute(node, name)
  return value === undefined ? [] : [{ value, path: `${node.path}/@${name}` }]
}

const anywhere = (from: XmlNode, step: Step): XmlNode[] =>
  keep(
    step.names.split('|').flatMap((name) => elementsNamed(from, name)),
    step,
  )

function elementsNamed(from: XmlNode, name: string): XmlNode[] {
  const index = indexOf(from)
  if (!name.startsWith('*')) return index.get(name) ?? []
  return [...index].filter(([key]) => key.endsWith(name.slice(1))).flatMap(([, nodes]) => nodes)
}

type Index = Map<string, XmlNode[]>
const INDEXED = new WeakMap<object, Index>()

/** All elements by name. Many rules look through the whole tree: it is walked once. */
function indexOf(from: XmlNode): Index {
  if (typeof from.value !== 'object' || from.value === null) return new Map()
  const known = INDEXED.get(from.value)
  if (known) return known
  const index: Index = new Map()
  collect(from, index)
  INDEXED.set(from.value, index)
  return index
}

function collect(node: XmlNode, index: Index): void {
  for (const name of Object.keys(node.value ?? {})) {
    if (name.startsWith('@_') || name === '#text') continue
    const known = index.get(name) ?? []
    index.set(name, known)
    for (const child of xmlAll(node, name)) {
      known.push(child)
      if (typeof child.value === 'object') collect(child, index)
    }
  }
}

const PARSED = new Map<string, Step[]>()

/** Paths come from tables: each is parsed once. */
function stepsOf(path: string): Step[] {
  const known = PARSED.get(path)
  if (known) return known
  const steps = (path.match(/(?:[^/[]|\[[^\]]*\])+/g) ?? []).map(parseStep)
  PARSED.set(path, steps)
  return steps
}

function parseStep(text: string): Step {
  const [, names = text, path, sign, values = ''] = /^([^[]+)\[([^=!]+)(!?=)([^\]]*)\]$/.exec(text) ?? []
  return path === undefined
    ? { names }
    : { names, condition: { path, equal: sign === '=', values: new Set(values.toUpperCase().split('|')) } }
}
