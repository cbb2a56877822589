import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { CommandError } from '../command-error.ts'

export type Source = { stdin: NodeJS.ReadableStream; cwd: string }

/** The text of a file, or of stdin for `-`. @throws CommandError */
export async function readText(name: string, { stdin, cwd }: Source): Promise<string> {
  if (name === '-') return readAll(stdin)
  return readFile(resolve(cwd, name), 'utf8').catch((error: unknown) => cannotRead(name, error))
}

export function cannotRead(name: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  throw new CommandError(`Cannot read ${name}: ${WHY[code] ?? code}`, { mend: ['Check the path'] })
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder',
}

/** JSON as an argument gives it: written out, in a file (`@name`) or on stdin (`-`). @throws CommandError */
export async function readJsonObject(option: string, given: string, source: Source): Promise<Record<string, unknown>> {
  const text = given === '-' ? await readText('-', source) : given
  const json = text.startsWith('@') ? await readText(text.slice(1), source) : text
  const value = parseJson(json, `${option} ${given}`)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new CommandError(`${option} wants a JSON object`, {
    mend: [`Like ${option} '{"name": "value"}', or ${option} @file.json`],
  })
}

/** @throws CommandError that says where */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandError(`Not JSON in ${where}: ${why}`, { mend: ['Correct it there'] })
  }
}
