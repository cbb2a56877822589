import { AutomationSettings, builtInsWith, loadSettings } from '@stageline/domain'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { migrationNames, MIGRATIONS } from './migrate.ts'

/** Changes with whatever `migrate` would make of an empty database: equal ones can be cloned from each other. */
export async function schemaFingerprint(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(builtInsWith(loadSettings(AutomationSettings, {}))))
  for (const name of await migrationNames()) hash.update(await readFile(new URL(name, MIGRATIONS)))
  return hash.digest('hex').slice(0, 16)
}
