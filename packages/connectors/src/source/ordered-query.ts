import type { Reading } from '@stageline/engine/ports'

type Dialect = {
  /** A name as the database quotes it; what is quoted cannot end the quotation. */
  quote: (name: string) => string
  /** The row `q` as JSON text. */
  json: string
  text: (column: string) => string
  /** What stands for the mark: a parameter, never its value. */
  mark: string
  nullsFirst: string
}

/**
 * The query of a source with filter and order around it: a row as JSON (`record`) and its mark as text (`mark`). Names are
 * quoted, the mark is a parameter.
 */
export function orderedQuery(query: string, { keyColumn, markColumn, from }: Reading, dialect: Dialect): string {
  const { quote, json, text, mark, nullsFirst } = dialect
  const column = (name: string): string => `q.${quote(name)}`
  const plain = query.trim().replace(/;$/, '')
  const filter = markColumn !== undefined && from !== undefined ? ` WHERE ${column(markColumn)} >= ${mark}` : ''
  const order = [
    ...(markColumn === undefined ? [] : [`${column(markColumn)}${nullsFirst}`]),
    ...(keyColumn === undefined ? [] : [column(keyColumn)]),
  ]
  const sorted = order.length > 0 ? ` ORDER BY ${order.join(', ')}` : ''
  const shown = markColumn === undefined ? 'NULL' : text(column(markColumn))
  return `SELECT ${json} AS record, ${shown} AS mark FROM (\n${plain}\n) AS q${filter}${sorted}`
}

/** As standard SQL quotes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
