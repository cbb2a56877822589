import type pg from 'pg'

const MARK = 'Made by Stageline'

/**
 * The two roles that services sign in as, with these passwords. Roles belong to the whole cluster: one that somebody
 * else made is never taken over, and one that owns or bypasses anything is refused.
 */
export async function ensureRoles(client: pg.Client, passwords: Record<'gateway' | 'worker', string>): Promise<void> {
  for (const [role, password] of Object.entries(passwords)) {
    await patiently(() => ensureRole(client, role, password))
  }
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const { rows } = await client.query<{ mark: string | null; mighty: boolean }>(
    `SELECT shobj_description(oid, 'pg_authid') AS mark, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty
     FROM pg_roles WHERE rolname = $1`,
    [role],
  )
  const [found] = rows
  if (!found) await client.query(`CREATE ROLE ${role} LOGIN; COMMENT ON ROLE ${role} IS '${MARK}'`)
  else if (found.mark !== MARK)
    throw new Error(`The role "${role}" exists already and is not Stageline's: use another cluster, or remove it`)
  else if (found.mighty)
    throw new Error(`The role "${role}" has rights that would void row-level security: take them away`)
  await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)}`)
}

/** Two databases of one cluster that are migrated at once write the same row of the role catalogue. */
async function patiently(action: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await action()
    } catch (error) {
      const text = error instanceof Error ? error.message : ''
      if (tries === 5 || !/concurrently|already exists|duplicate key/.test(text)) throw error
    }
  }
}
