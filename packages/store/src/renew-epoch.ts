import type pg from 'pg'

/**
 * A dump that was restored into another cluster carries transaction numbers of the old one: larger ones than the new
 * cluster gives would hide their rows from readers for long. They all become 0, so that readers go on by (job, seq), and
 * the epoch tells them so.
 */
export async function renewEpoch(client: pg.Client): Promise<void> {
  await client.query('BEGIN')
  const { rowCount } = await client.query(
    `UPDATE record_epoch e SET epoch = epoch + 1, system_identifier = c.system_identifier
     FROM pg_control_system() c WHERE e.system_identifier <> c.system_identifier`,
  )
  if (rowCount === 1) {
    await client.query(`
      ALTER TABLE history DISABLE TRIGGER history_is_insert_only;
      ALTER TABLE history NO FORCE ROW LEVEL SECURITY;
      UPDATE history SET xid = '0';
      ALTER TABLE history FORCE ROW LEVEL SECURITY;
      ALTER TABLE history ENABLE TRIGGER history_is_insert_only;
      ALTER TABLE desk_history DISABLE TRIGGER desk_history_is_insert_only;
      ALTER TABLE desk_history NO FORCE ROW LEVEL SECURITY;
      UPDATE desk_history SET xid = '0';
      ALTER TABLE desk_history FORCE ROW LEVEL SECURITY;
      ALTER TABLE desk_history ENABLE TRIGGER desk_history_is_insert_only;
    `)
  }
  await client.query('COMMIT')
}
