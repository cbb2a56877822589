import { valueAt, type Correction } from '@stageline/domain'

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** The values that differ between two JSON trees, by JSON pointer (RFC 6901); what exists on one side only is null on the other. */
export function changesBetween(before: unknown, after: unknown, pointer = ''): Correction[] {
  if ((before ?? null) === (after ?? null)) return []
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after))
    return [{ path: pointer, from: before ?? null, to: after ?? null }]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) =>
    changesBetween(
      valueAt(before, [name]),
      valueAt(after, [name]),
      `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    ),
  )
}
