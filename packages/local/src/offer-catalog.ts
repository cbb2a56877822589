import { loadCatalog, type DatabaseAccess } from './database-access.ts'
import { readState, writeState } from './local-state.ts'

export type OfferOptions = {
  home: string
  root: string
  env: NodeJS.ProcessEnv
  access: DatabaseAccess
  signal: AbortSignal
}

/** Offers the catalogue that comes with the checkout to each database once, so that somebody may empty it for good. */
export async function offerCatalog({ home, root, env, access, signal }: OfferOptions): Promise<void> {
  const state = await readState(home)
  const database = nameOf(env.DATABASE_URL)
  if (state.catalogOfferedTo === database) return
  await loadCatalog(root, access, signal)
  await writeState(home, { ...state, catalogOfferedTo: database })
}

/** Tells databases apart without keeping a password; ours may come back on another port. */
function nameOf(databaseUrl: string | undefined): string {
  const url = databaseUrl ? new URL(databaseUrl) : undefined
  return url ? `${url.host}${url.pathname}` : 'own'
}
