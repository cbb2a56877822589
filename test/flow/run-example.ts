/** Runs a program of `examples/` as a newcomer would, beside a running line. */
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Line } from './line.ts'

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** @returns what it said. @throws Error with its complaint, where it fails */
export async function runExample(path: string, args: readonly string[] = [], line?: Line): Promise<string> {
  const file = join(ROOT, 'examples', path)
  const program = path.endsWith('.sh') ? 'sh' : process.execPath
  const env = {
    PATH: [join(ROOT, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(':'),
    ...(line ? { STAGELINE_URL: line.baseUrl, STAGELINE_API_KEY: line.apiKey } : {}),
  }
  const { stdout } = await run(program, [file, ...args], { env, timeout: 240_000 })
  return stdout
}
