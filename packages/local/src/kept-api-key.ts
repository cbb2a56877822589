import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApiKey, type DatabaseAccess } from './database-access.ts'
import { gatewayClient } from './gateway-client.ts'

export type KeyOptions = { home: string; root: string; url: string; access: DatabaseAccess; signal: AbortSignal }

export const keyFile = (home: string): string => join(home, 'api-key')

/** The key of this checkout: the kept one as long as the gateway knows it, otherwise a new one. */
export async function keptApiKey({ home, root, url, access, signal }: KeyOptions): Promise<string> {
  const kept = (await readFile(keyFile(home), 'utf8').catch(() => '')).trim()
  if (kept !== '' && (await gatewayClient(url, kept, signal).accepts())) return kept
  const made = await createApiKey(root, access, { name: 'local', signal })
  await writeFile(keyFile(home), `${made}\n`, { mode: 0o600 })
  return made
}
