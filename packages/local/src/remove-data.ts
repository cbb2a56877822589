import { readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isPostgres } from './postgres-running.ts'
import { stopRedisOf } from './start-redis.ts'
import { candidates, serverAccount } from './server-account.ts'

/** Not data: the lock in the caller's hand, and what tests have. */
const KEPT = ['run.lock', 'test']

/** Stops what a crashed run may have left on the folder and deletes all that a start keeps in it. */
export async function removeData(home: string): Promise<void> {
  await stopRedisOf(home)
  for (const folder of candidates(join(home, 'postgres'), serverAccount())) {
    await stopPostgresOf(join(folder, 'data'))
    await rm(folder, { recursive: true, force: true })
  }
  const entries = await readdir(home).catch(() => [])
  for (const name of entries.filter((entry) => !KEPT.includes(entry))) {
    await rm(join(home, name), { recursive: true, force: true })
  }
}

/** Without its programs, since data of another version are to be deleted as well: SIGQUIT ends a server at once. */
async function stopPostgresOf(data: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const pid = Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => ''), 10)
    if (!pid || !(await isPostgres(pid))) return
    process.kill(pid, 'SIGQUIT')
    await delay(50)
  }
}
