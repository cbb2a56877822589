import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** An installation from an empty store takes its time. */
const WITHIN_MS = 300_000

/** Installs an earlier checkout and brings the database to its schema, as who runs that version does. */
export async function migrateEarlier(
  root: string,
  adminUrl: string,
  { gateway, worker }: Record<'gateway' | 'worker', string>,
): Promise<void> {
  const env = {
    ...process.env,
    STAGELINE_DATABASE_URL_ADMIN: adminUrl,
    STAGELINE_GATEWAY_PASSWORD: gateway,
    STAGELINE_WORKER_PASSWORD: worker,
  }
  const args = ['scripts/bootstrap.mjs', 'packages/store/src/migrate.ts']
  await promisify(execFile)(process.execPath, args, { cwd: root, env, timeout: WITHIN_MS })
}
