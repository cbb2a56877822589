import { z } from 'zod'

/** Whose sources may use it; without a list the installation's own tenant. */
const Tenants = { tenants: z.array(z.uuid()).min(1).optional() }

const ServiceAccount = z.looseObject({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
})
export type ServiceAccount = z.infer<typeof ServiceAccount>

/** What a source needs to be let in. An address belongs to its secret, so that no source can send it elsewhere. */
export const Connection = z.discriminatedUnion('kind', [
  z.strictObject({ ...Tenants, kind: z.literal('postgres'), url: z.url({ protocol: /^postgres(ql)?$/ }) }),
  z.strictObject({
    ...Tenants,
    kind: z.literal('http'),
    origin: z.url({ protocol: /^https?$/ }),
    headers: z.record(z.string(), z.string()),
  }),
  z.strictObject({
    ...Tenants,
    kind: z.literal('bigquery'),
    project: z.string().regex(/^[a-z][a-z0-9:.-]{1,62}$/),
    location: z.string().max(64).optional(),
    endpoint: z.url({ protocol: /^https?$/ }).default('https://bigquery.googleapis.com'),
    maxBytesBilled: z.number().int().positive().optional(),
    serviceAccount: ServiceAccount.optional(),
  }),
])
export type Connection = z.infer<typeof Connection>
export type ConnectionOf<Kind extends Connection['kind']> = Extract<Connection, { kind: Kind }>

const Connections = z.record(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), Connection)

const ConnectionsText = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue({
        code: 'custom',
        message: 'Expected JSON: {"warehouse":{"kind":"postgres","url":"postgres://…"}}',
      })
      return z.NEVER
    }
  })
  .pipe(Connections)

/** Settings of a service that reads sources. */
export const SourceSettings = z.object({
  /** Connections of sources by their names, as JSON; kinds `postgres`, `http` and `bigquery` (docs/sources.md). Never shown. */
  STAGELINE_SOURCE_CONNECTIONS: ConnectionsText.prefault('{}'),
  /** Folder with the Parquet, CSV, JSON lines and DuckDB files of sources; only read. Without it there are none. */
  STAGELINE_SOURCE_DIR: z.string().min(1).optional(),
})
export type SourceSettings = z.infer<typeof SourceSettings>
