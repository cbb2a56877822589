import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

/** A lock in hand. It ends with its process too, however that dies: the operating system drops it. */
export type Lock = Disposable & { release(): void }

export type LockOptions = {
  /** `shared`: any number of holders, none of them exclusive. */
  mode: 'exclusive' | 'shared'
  /** How long to wait for other holders; 0 asks once. */
  waitMs?: number
  signal?: AbortSignal | undefined
}

/**
 * Takes a lock on a file that other processes of this machine see. SQLite serves as the portable way to a lock of the
 * operating system: a file that holds a process id would go stale when its writer is killed.
 *
 * @returns undefined when others still hold it after `waitMs`.
 */
export async function lockFile(path: string, options: LockOptions): Promise<Lock | undefined> {
  const deadline = performance.now() + (options.waitMs ?? 0)
  for (;;) {
    const lock = tryLock(path, options.mode)
    if (lock || performance.now() >= deadline) return lock
    await delay(25, undefined, options.signal ? { signal: options.signal } : {})
  }
}

function tryLock(path: string, mode: LockOptions['mode']): Lock | undefined {
  const database = new DatabaseSync(path)
  const release = () => database.isOpen && database.close()
  try {
    database.exec('pragma busy_timeout = 0')
    database.exec(mode === 'exclusive' ? 'begin exclusive' : 'begin')
    // A plain `begin` locks nothing yet; the first read does.
    if (mode === 'shared') database.prepare('select count(*) from sqlite_schema').get()
    return { release, [Symbol.dispose]: release }
  } catch (error) {
    release()
    if (error instanceof Error && /database is locked/.test(error.message)) return undefined
    throw error
  }
}
