import { createHash, randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import pg from 'pg'

/**
 * Makes an API key and shows it once: the database keeps its hash, and what people recognise it by. Also the program
 * `node packages/store/src/create-api-key.ts --name <who> [--tenant <key>]`.
 */

export type NewApiKey = { id: string; key: string; name: string; tenantId: string }

/**
 * A key `sl_<id>_<secret>` of 32 random bytes for a tenant, `default` unless named. `name` is the actor in the history.
 *
 * @throws Error when there is no such tenant.
 */
export async function createApiKey({
  adminUrl,
  name,
  tenant = 'default',
}: {
  adminUrl: string
  name: string
  tenant?: string
}): Promise<NewApiKey> {
  const id = randomBytes(6).toString('hex')
  const key = `sl_${id}_${randomBytes(32).toString('base64url')}`
  const client = new pg.Client({
    connectionString: adminUrl,
    application_name: 'stageline-create-api-key',
    options: '-c search_path=public',
  })
  await client.connect()
  try {
    const { rows } = await client.query<{ tenant_id: string }>(
      `INSERT INTO api_keys (tenant_id, id, name, prefix, sha256) SELECT t.id, $1, $2, $3, $4 FROM tenants t WHERE t.key = $5 RETURNING tenant_id`,
      [id, name, `sl_${id}`, createHash('sha256').update(key).digest('hex'), tenant],
    )
    if (!rows[0]) throw new Error(`There is no tenant "${tenant}"`)
    return { id, key, name, tenantId: rows[0].tenant_id }
  } finally {
    await client.end()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { name: { type: 'string' }, tenant: { type: 'string' } } })
  const adminUrl = process.env['STAGELINE_DATABASE_URL_ADMIN']
  if (!values.name) throw new Error('Say who it is for: --name <who>')
  if (!adminUrl) throw new Error('Set STAGELINE_DATABASE_URL_ADMIN')
  const { key } = await createApiKey({
    adminUrl,
    name: values.name,
    ...(values.tenant ? { tenant: values.tenant } : {}),
  })
  process.stdout.write(`${key}\n`)
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`create-api-key: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
