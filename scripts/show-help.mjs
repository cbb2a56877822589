import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'

/** Shows what stands beside the entry as its help, when that is asked for; whether it did. */
export function showHelp(entry, args) {
  if (!args.includes('--help') && !args.includes('-h')) return false
  try {
    process.stdout.write(readFileSync(join(ROOT, entry.replace(/\.ts$/, '.help.txt')), 'utf8'))
    return true
  } catch {
    return false
  }
}
