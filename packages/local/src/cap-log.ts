import { copyFile, rename, stat, truncate } from 'node:fs/promises'

const LIMIT_BYTES = 10_000_000

/** Puts the log of the last run aside as `<file>.1`. */
export async function rotateLog(file: string): Promise<void> {
  await rename(file, `${file}.1`).catch(() => {})
}

/**
 * Keeps a log that a running process appends to below 10 MB: copied aside and emptied in place, since the writer keeps
 * its file open. What is written between the two is lost.
 */
export async function capLog(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size < LIMIT_BYTES) return
  await copyFile(file, `${file}.1`)
  await truncate(file)
}
