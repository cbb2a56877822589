import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'

/** Who a server runs as: ourselves, or for root the account `nobody`, since Postgres refuses to run as root. */
export type ServerAccount = { uid?: number; gid?: number }

const NOBODY = 65_534

export function serverAccount(): ServerAccount {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
}

/**
 * A folder that the account can enter and write: `wanted` itself, or where that lies below a folder that only its owner
 * may enter, one in `/var/tmp` (which outlives a restart of the machine) named after `wanted`.
 *
 * @throws Error when none can be made.
 */
export async function reachableFolder(wanted: string, account: ServerAccount): Promise<string> {
  for (const folder of candidates(wanted, account)) {
    if (await makeFolder(folder, account)) return folder
  }
  throw new Error(`No folder that the database server may write: tried ${candidates(wanted, account).join(', ')}`)
}

/** Every place that `reachableFolder` may have chosen, for cleaning up. */
export function candidates(wanted: string, account: ServerAccount): string[] {
  if (account.uid === undefined) return [wanted]
  const name = `stageline-${process.getuid?.()}-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`
  return [...new Set([wanted, join('/var/tmp', name), join(tmpdir(), name)])]
}

async function makeFolder(folder: string, account: ServerAccount): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (account.uid === undefined || account.gid === undefined) return true
  const found = await lstat(folder)
  // In a folder that everybody may write, somebody else could have put one (or a link) of this name there.
  if (!found.isDirectory() || (found.uid !== process.getuid?.() && found.uid !== account.uid)) return false
  await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o700)
  return runCommand('/bin/sh', ['-c', 'cd "$1" && [ -w . ]', 'sh', folder], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  )
}
