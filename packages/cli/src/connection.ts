import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CommandError } from './command-error.ts'

export type Connection = { url: string; apiKey: string | undefined }

/** Where `npm start` of the checkout that holds this command keeps its key and its address. */
const KEPT = resolve(import.meta.dirname, '../../../.stageline')
const DEFAULT_URL = 'http://127.0.0.1:3000'

/**
 * The address by `--url`, `STAGELINE_URL`, the line of this checkout, in this order. The key that this checkout keeps is
 * for this machine: it goes to no other, whatever address is given.
 *
 * @throws CommandError for an address that is none
 */
export function findConnection(asked: string | undefined, env: NodeJS.ProcessEnv, kept = KEPT): Connection {
  const url = checkUrl(asked ?? (env.STAGELINE_URL || keptUrl(kept) || DEFAULT_URL))
  const apiKey = env.STAGELINE_API_KEY || (isLoopback(url) ? readKept(kept, 'api-key') : '')
  return { url, apiKey: apiKey || undefined }
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') {
    if (url.username === '' && url.password === '') return text.replace(/\/+$/, '')
    throw new CommandError('The address holds a password, which would be logged', {
      mend: ['Give the API key in STAGELINE_API_KEY'],
    })
  }
  throw new CommandError(`"${text}" is no address of a line`, { mend: [`Write it like ${DEFAULT_URL}`] })
}

function keptUrl(kept: string): string | undefined {
  try {
    const { url }: { url?: unknown } = JSON.parse(readKept(kept, 'state.json'))
    return typeof url === 'string' ? url : undefined
  } catch {
    return undefined
  }
}

function readKept(kept: string, name: string): string {
  try {
    return readFileSync(join(kept, name), 'utf8').trim()
  } catch {
    return ''
  }
}

const isLoopback = (url: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
