import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
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
  await cp(folder, aside, { recursive: true })
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder])
  await cp(aside, folder, { recursive: true })
  return {
    fill: async () => {
      const { bavail, bsize } = await statfs(folder)
      // Somebody else may have written the last of it meanwhile.
      await writeFile(filler, Buffer.alloc(bavail * bsize)).catch(refuseAllBut('ENOSPC'))
    },
    free: () => rm(filler, { force: true }),
    [Symbol.asyncDispose]: async () => {
      await rm(filler, { force: true })
      await cp(folder, aside, { recursive: true })
      await run('umount', ['--lazy', folder])
      await cp(aside, folder, { recursive: true })
      await rm(aside, { recursive: true })
    },
  }
}

const refuseAllBut = (code: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== code) throw error
}
