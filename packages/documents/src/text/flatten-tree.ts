import { DataError } from '@stageline/domain'

export type Leaf = { path: string; value: string }

/**
 * The leaves of a JSON tree in order, each with its path; no more than `limits.lines` of them.
 *
 * @throws DataError `document.too_complex` where it is nested deeper than `limits.depth`
 */
export function flattenTree(tree: unknown, limits: { lines: number; depth: number }): Leaf[] {
  const leaves: Leaf[] = []
  collect(tree, '', 0)
  return leaves

  function collect(node: unknown, path: string, depth: number): void {
    if (leaves.length >= limits.lines) return
    if (depth > limits.depth) throw new DataError('document.too_complex', `nested deeper than ${limits.depth} levels`)
    if (Array.isArray(node)) node.forEach((item, index) => collect(item, `${path}[${index}]`, depth + 1))
    else if (typeof node === 'object' && node !== null) {
      for (const [key, value] of Object.entries(node)) collect(value, path === '' ? key : `${path}.${key}`, depth + 1)
    } else if (isScalar(node)) leaves.push({ path, value: String(node) })
  }
}

const isScalar = (node: unknown): node is string | number | boolean =>
  typeof node === 'string' || typeof node === 'number' || typeof node === 'boolean'
