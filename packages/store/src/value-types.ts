import pg from 'pg'

const { builtins } = pg.types

/** Times as ISO 8601 in UTC, 64-bit counts as numbers (ours stay far below 2^53), all else as `pg` has it. */
export const VALUE_TYPES: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (format === 'binary') return pg.types.getTypeParser(oid, format)
    if (oid === builtins.TIMESTAMPTZ) return isoTime
    if (TIMESTAMPTZ_ARRAYS.has(oid)) return isoTimes
    if (oid === builtins.INT8) return Number
    return pg.types.getTypeParser(oid, format)
  },
}

/** `_timestamptz` in pg_type; the list of `pg-types` has no arrays. */
const TIMESTAMPTZ_ARRAYS = new Set<number>([1185])

/**
 * Postgres says `2026-11-20 12:00:00.123+00`; an offset without minutes is not ISO 8601. Connections are set to UTC and ours
 * have ms, so that nearly all times only change their dress; a `Date` for each was a twentieth of a worker's time.
 */
function isoTime(text: string): string {
  const isUtc = text.endsWith('+00') && text[10] === ' '
  if (isUtc && text.length === 26 && text[19] === '.') return `${text.slice(0, 10)}T${text.slice(11, 23)}Z`
  if (isUtc && text.length === 22) return `${text.slice(0, 10)}T${text.slice(11, 19)}.000Z`
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString()
}

const isoTimes = (text: string): string[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((time) => isoTime(time.replaceAll('"', '')))
