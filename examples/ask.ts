/**
 * How the examples talk to a line: plain HTTP, nothing of ours. The line and its key are those of `STAGELINE_URL` and
 * `STAGELINE_API_KEY`, else those that `npm start` of this checkout left in `.stageline`.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const kept = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, '../.stageline', name), 'utf8').catch(() => '')

const lineUrl = async (): Promise<string> => {
  const { url = 'http://127.0.0.1:3000' }: { url?: string } = JSON.parse((await kept('state.json')) || '{}')
  return process.env['STAGELINE_URL'] ?? url
}
const URL_OF_LINE = await lineUrl()
const KEY = process.env['STAGELINE_API_KEY'] ?? (await kept('api-key')).trim()

/** A request as it is, answered as it is: also with a no. */
export function send(method: string, path: string, body?: object): Promise<Response> {
  const isForm = body instanceof FormData
  return fetch(`${URL_OF_LINE}${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, ...(body && !isForm ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
  })
}

/** What the line answers. @throws Error with the problem that it tells instead */
export async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
  const response = await send(method, path, body)
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Body
}

/** Looks again and again until what it sees is as it should be. */
export async function until<Seen>(look: () => Promise<Seen>, isSo: (seen: Seen) => boolean): Promise<Seen> {
  for (;;) {
    const seen = await look()
    if (isSo(seen)) return seen
    await delay(200)
  }
}

export const say = (text: string): void => console.log(`\n== ${text}`)
