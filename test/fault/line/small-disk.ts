import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A folder on a disk of its own that can be filled. Disposing puts the folder back where it was. */
export type SmallDisk = AsyncDisposable & { fill(): Promise<void>; free(): Promise<void> }

/**
 * Moves a folder that nobody uses just now onto a small disk in memory. Whoever uses it has to stop before it is disposed.
 *
 * @throws Error where this process may not mount: it wants root on Linux.
 */
export async function onSmallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  const aside = await mkdtemp(join(tmpdir(), 'stageline-aside-'))
  const filler = join(folder, 'filler')
  const { uid, gid } = await stat(folder)
  await copy(folder, aside)
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700,uid=${uid},gid=${gid}`, 'tmpfs', folder])
  await copy(aside, folder)
  return {
    fill: async () => {
      const { bavail, bsize } = await statfs(folder)
      // Somebody else may have written the last of it meanwhile.
      await writeFile(filler, Buffer.alloc(bavail * bsize)).catch(refuseAllBut('ENOSPC'))
    },
    free: () => rm(filler, { force: true }),
    [Symbol.asyncDispose]: async () => {
      await rm(filler, { force: true })
      await copy(folder, aside)
      await run('umount', ['--lazy', folder])
      await copy(aside, folder)
      await rm(aside, { recursive: true })
    },
  }
}

/** With owners and modes, and without what was removed since. */
async function copy(from: string, to: string): Promise<void> {
  await run('find', [to, '-mindepth', '1', '-delete'])
  await run('cp', ['--archive', `${from}/.`, to])
}

const refuseAllBut = (code: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== code) throw error
}
