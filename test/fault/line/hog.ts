import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Rig } from './start-rig.ts'

const LOOK_MS = 100

/** Holds every connection that Postgres gives to ordinary accounts, and takes each that becomes free. */
export type Hog = AsyncDisposable & { count(): number }

/** Returns when there was none left to take. */
export async function takeConnections({ admin, stores }: Pick<Rig, 'admin' | 'stores'>): Promise<Hog> {
  const password = randomBytes(12).toString('hex')
  await admin.query(`CREATE ROLE hog LOGIN PASSWORD '${password}'`)
  const url = new URL(stores.databaseUrl())
  ;[url.username, url.password] = ['hog', password]
  const held: pg.Client[] = []
  const over = new AbortController()

  /** @returns whether there was one to take */
  const take = async (): Promise<boolean> => {
    const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5_000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      held.push(client)
      return true
    } catch {
      return false
    }
  }
  const takeAll = async () => {
    while (await take());
  }
  await takeAll()
  const taking = (async () => {
    while (!over.signal.aborted) {
      await delay(LOOK_MS)
      await takeAll()
    }
  })()
  return {
    count: () => held.length,
    [Symbol.asyncDispose]: async () => {
      over.abort()
      await taking
      await Promise.all(held.map((client) => client.end()))
      await admin.query('DROP ROLE hog')
    },
  }
}
