import type { Page, Table, Word } from '@stageline/domain'
import { findTables } from './find-tables.ts'
import { groupRows } from './group-rows.ts'
import { orderColumns } from './order-columns.ts'
import { rowLine } from './row-line.ts'

export type ReadPage = { page: Page; tables: Table[] }

/** Words of a page to lines in reading order, and the tables that they form. */
export function layoutPage(words: Word[], about: Omit<Page, 'lines'>): ReadPage {
  const rows = groupRows(words)
  return { page: { ...about, lines: orderColumns(rows).map(rowLine) }, tables: findTables(rows, about.number) }
}
