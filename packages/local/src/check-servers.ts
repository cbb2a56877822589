import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

const WITHIN_MS = 5_000

/**
 * Whether the servers that the caller brings are named as they have to be, and whether Redis answers: services would
 * wait for it. Postgres is tried by the migration, before anything else. No message shows an address whole: it may hold
 * a password.
 *
 * @throws Error that says which setting is at fault and how.
 */
export async function checkServers({ DATABASE_URL, REDIS_URL }: NodeJS.ProcessEnv): Promise<void> {
  if (DATABASE_URL) parseUrl('DATABASE_URL', DATABASE_URL, ['postgres:', 'postgresql:'])
  if (REDIS_URL) await pingRedis(parseUrl('REDIS_URL', REDIS_URL, ['redis:', 'rediss:']))
}

function parseUrl(name: string, text: string, protocols: string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && protocols.includes(url.protocol)) return url
  throw new Error(`${name} is not an address that begins with ${protocols.map((one) => `${one}//`).join(' or ')}`)
}

async function pingRedis(url: URL): Promise<void> {
  const answer = await ask(url).catch((error: NodeJS.ErrnoException) => error.code ?? error.message)
  if (/^\+PONG/m.test(answer)) return
  const where = `${url.hostname}:${portOf(url)}`
  const [said = ''] = answer.split('\r\n')
  throw new Error(`Redis at ${where}, which REDIS_URL names, cannot be used: ${said || 'no answer'}`)
}

function ask(url: URL): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const options = { host: url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', port: portOf(url), timeout: WITHIN_MS }
  const socket = url.protocol === 'rediss:' ? connectTls({ ...options, servername: options.host }) : connect(options)
  let answer = ''
  socket.once('connect', () => socket.write(signIn(url) + command('PING') + command('QUIT')))
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => (answer += text))
  socket.once('timeout', () => socket.destroy())
  socket.once('error', reject)
  socket.once('close', () => resolve(answer))
  return promise
}

const portOf = (url: URL): number => Number(url.port) || 6379

function signIn({ username, password }: URL): string {
  const words = [username, password].filter((word) => word !== '').map(decodeURIComponent)
  return words.length === 0 ? '' : command('AUTH', ...words)
}

/** As the protocol wants it, each word with its length, so that a password may hold anything. */
const command = (...words: string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
