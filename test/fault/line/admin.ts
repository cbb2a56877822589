import pg from 'pg'

/** A look behind the scenes, past every proxy: as the owner, one connection a question, since faults take connections. */
export type Admin = {
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

export function createAdmin(url: () => string): Admin {
  return {
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) => {
      const client = new pg.Client({ connectionString: url(), connectionTimeoutMillis: 5_000, query_timeout: 60_000 })
      client.on('error', () => undefined)
      await client.connect()
      try {
        return (await client.query<Row>(sql, [...values])).rows
      } finally {
        await client.end().catch(() => undefined)
      }
    },
  }
}
