import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Runs a file as a process of its own and gives back what it printed. */
export async function runAlone(file: URL, ...args: string[]): Promise<string> {
  const command = ['--expose-gc', fileURLToPath(file), ...args]
  const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: 30_000 })
  return stdout.trim()
}
