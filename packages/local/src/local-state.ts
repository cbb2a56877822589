import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a start leaves for the next one, in `state.json`. */
export type LocalState = {
  /** Of the copy that runs, or ran last. */
  pid?: number
  url?: string
  /** The database that the catalogue was offered to last; it took it if it had none. */
  catalogOfferedTo?: string
  /** Job ids of submitted samples by sample name. */
  samples: Record<string, string>
}

const file = (home: string): string => join(home, 'state.json')

export async function readState(home: string): Promise<LocalState> {
  const text = await readFile(file(home), 'utf8').catch(() => '{}')
  return { samples: {}, ...parse(text) }
}

/** Whole or not at all. */
export async function writeState(home: string, state: LocalState): Promise<void> {
  const partial = `${file(home)}.partial`
  await writeFile(partial, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 })
  await rename(partial, file(home))
}

/** A file that somebody broke costs the samples' earlier results, not the start. */
function parse(text: string): Partial<LocalState> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
