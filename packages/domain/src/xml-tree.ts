import type { FieldSource } from './document.ts'

/**
 * Walks an XML document that was parsed to plain objects (prefixes gone, attributes as `@_name`, text beside attributes
 * as `#text`, repeated elements as lists). Every step keeps the path, so that a value can say where it came from.
 */
export type XmlNode = { value: unknown; path: string }

export const xmlRoot = (data: unknown): XmlNode => ({ value: data, path: '' })

/** All children along the names; a name may list alternatives: `'A|B'`. */
export function xmlAll(node: XmlNode, ...names: string[]): XmlNode[] {
  return names.reduce((nodes, name) => nodes.flatMap((parent) => children(parent, name)), [node])
}

export const xmlFirst = (node: XmlNode, ...names: string[]): XmlNode | undefined => xmlAll(node, ...names)[0]

/** The text of an element, without blanks around it. Undefined where it is empty or has only children. */
export function xmlText(node: XmlNode | undefined): string | undefined {
  const value = isObject(node?.value) ? node.value['#text'] : node?.value
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  return text === '' ? undefined : text
}

export function xmlAttribute(node: XmlNode, name: string): string | undefined {
  const value = isObject(node.value) ? node.value[`@_${name}`] : undefined
  return typeof value === 'string' ? value : undefined
}

export const xmlSource = (node: XmlNode): FieldSource => ({ method: 'structured', path: node.path.slice(0, 300) })

function children(parent: XmlNode, names: string): XmlNode[] {
  const { value, path } = parent
  if (!isObject(value)) return []
  return names.split('|').flatMap((name) => {
    const child = value[name]
    if (child === undefined || child === null) return []
    const place = path ? `${path}/${name}` : name
    return Array.isArray(child)
      ? child.map((one: unknown, at) => ({ value: one, path: `${place}[${at + 1}]` }))
      : [{ value: child, path: place }]
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
