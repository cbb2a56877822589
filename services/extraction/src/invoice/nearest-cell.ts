import type { Cell } from './page-cells.ts'

/** The cell of a line that stands below a heading, or nearest to it within reach (points of the page). */
export function nearest(line: readonly Cell[], heading: Cell | undefined, reach = 40): Cell | undefined {
  if (!heading) return undefined
  const gap = (cell: Cell): number => {
    if (!cell.box || !heading.box) return cell.column === heading.column ? 0 : 1000
    const between = Math.max(heading.box[0] - cell.box[2], cell.box[0] - heading.box[2], 0)
    return between + Math.abs(cell.box[0] - heading.box[0]) / 1000
  }
  const best = line.reduce<Cell | undefined>(
    (found, cell) => (!found || gap(cell) < gap(found) ? cell : found),
    undefined,
  )
  return best && gap(best) < reach ? best : undefined
}
