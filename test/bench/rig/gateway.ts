import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The gateway of a rig, as a client with a key has it. */
export type Gateway = {
  url: string
  headers: Readonly<Record<string, string>>
  get(path: string): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
}

/** @param folder of the rig: there stand the port and the key */
export async function gatewayIn(folder: string): Promise<Gateway> {
  const url = `http://127.0.0.1:${await readFile(join(folder, 'gateway-port'), 'utf8')}`
  const headers = { authorization: `Bearer ${await readFile(join(folder, 'api-key'), 'utf8')}` }
  const ask = async (method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...sent,
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${text.slice(0, 500)}`)
    return text.startsWith('{') ? (JSON.parse(text) as unknown) : text
  }
  return {
    url,
    headers,
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
  }
}
