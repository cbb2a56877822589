import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'

/** A secret that is made once and kept in a file that only its owner may read: 32 hex digits of 128 random bits. */
export async function keptSecret(path: string): Promise<string> {
  const kept = await readFile(path, 'utf8').catch(ignoreMissing)
  if (kept) return kept.trim()
  const secret = randomBytes(16).toString('hex')
  await writeFile(path, `${secret}\n`, { mode: 0o600 })
  return secret
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
