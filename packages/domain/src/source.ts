import { z } from 'zod'

/**
 * Where records come from: what is asked, and which of its columns are what. Data that anybody with a key may read: a
 * secret is never part of it, but lies in a connection that the service is given under a name.
 */

export const SourceKey = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)
const ConnectionName = SourceKey.meta({ description: 'A connection that the service is configured with, by its name' })
const Column = z.string().min(1).max(200)
const Query = z
  .string()
  .min(1)
  .max(20_000)
  .meta({ description: 'One SELECT without a semicolon; filters and order are put around it' })
const Pointer = z.string().regex(/^(\/\S*)?$/, 'Expected a JSON pointer (RFC 6901), such as /data/items')

const HttpOrigin = z.strictObject({
  kind: z.literal('http'),
  url: z.url({ protocol: /^https?$/ }),
  format: z.enum(['json', 'jsonl']).default('json').meta({ description: 'One JSON value, or an object a line' }),
  items: Pointer.default('').meta({ description: 'Where the list stands in the JSON value; empty: it is the list' }),
  next: Pointer.optional().meta({ description: 'Where the address of the next page stands; absent on the last one' }),
  connection: ConnectionName.optional(),
})
const PostgresOrigin = z.strictObject({ kind: z.literal('postgres'), connection: ConnectionName, query: Query })
const BigqueryOrigin = z.strictObject({ kind: z.literal('bigquery'), connection: ConnectionName, query: Query })
const DuckdbOrigin = z.strictObject({
  kind: z.literal('duckdb'),
  file: z.string().min(1).max(500).meta({
    description: 'Parquet, CSV, JSON lines or a database, by its path within the folder of the service for sources',
  }),
  query: Query.optional().meta({
    description: 'Asks `records` where the file is no database, else its tables; without it all of `records`',
  }),
})

export const SourceOrigin = z
  .discriminatedUnion('kind', [HttpOrigin, PostgresOrigin, DuckdbOrigin, BigqueryOrigin])
  .meta({ id: 'SourceOrigin' })
export type SourceOrigin = z.infer<typeof SourceOrigin>

/** Which columns of a record are what. */
const RecordColumns = {
  mapping: z
    .record(z.string().regex(/^[A-Za-z_][\w-]{0,63}(\.[A-Za-z_][\w-]{0,63}){0,3}$/), Column)
    .optional()
    .meta({
      description:
        'From the fields of the input, dotted as in `record.mpn`, to columns. Without it `record` holds all columns',
    }),
  keyColumn: Column.optional().meta({ description: 'The business key; of two records with one key the first counts' }),
  priorityColumn: Column.optional().meta({ description: 'A number from 0 to 1: the priority of the job' }),
  markColumn: Column.optional().meta({
    description: 'Grows with each new record, such as a time of change: what is beyond the mark of the last run is new',
  }),
}

export const RecordMapping = z.strictObject(RecordColumns)
export type RecordMapping = z.infer<typeof RecordMapping>

export const SourceDefinition = z
  .strictObject({ key: SourceKey, name: z.string().min(1).max(200).optional(), from: SourceOrigin, ...RecordColumns })
  .refine(({ markColumn, keyColumn }) => markColumn === undefined || keyColumn !== undefined, {
    path: ['keyColumn'],
    error: 'A markColumn needs a keyColumn: records with the same mark are told apart by it',
  })
  .meta({ id: 'SourceDefinition' })
export type SourceDefinition = z.infer<typeof SourceDefinition>
