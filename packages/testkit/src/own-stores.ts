import { startStores, type Stores } from '@stageline/local'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../..')

/** Servers for tests that were started by hand: shared by all test processes, stopped by the last one that ends. */
export const ownStores = (): Promise<Stores> => (own ??= start())

let own: Promise<Stores> | undefined

async function start(): Promise<Stores> {
  const stores = await startStores({
    dir: join(ROOT, '.stageline/test'),
    cache: join(ROOT, '.cache'),
    // What is lost in a crash of the machine is test data.
    postgresSettings: { fsync: 'off', full_page_writes: 'off' },
  })
  process.once('beforeExit', () => void stores.stop())
  return stores
}
