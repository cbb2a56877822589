import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Programs of the dependencies, the pinned Node among them. */
export const BIN = join(ROOT, 'node_modules', '.bin')
/** What may be deleted at any time and is fetched again. */
export const CACHE = join(ROOT, '.cache')

/** Whether a program is on PATH. */
export const isOnPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && canRun(join(folder, program)))

export function canRun(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
