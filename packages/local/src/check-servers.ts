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
  if (REDIS_URL) await pingRedis(REDIS_URL)
}

function parseUrl(name: string, text: string, protocols: string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && protocols.includes(url.protocol)) return url
  throw new Error(`${name} is not an address that begins with ${protocols.map((one) => `${one}//`).join(' or ')}`)
}

/** One of several is enough: the services find the others. */
async function pingRedis(text: string): Promise<void> {
  const urls = serversOf(text)
  const answers = await Promise.all(
    urls.map((url) => ask(url).catch((error: NodeJS.ErrnoException) => error.code ?? error.message)),
  )
  if (answers.some((answer) => /^\+PONG/m.test(answer))) return
  const where = urls.map((url) => `${url.hostname}:${portOf(url)}`).join(', ')
  const [said = ''] = answers[0]?.split('\r\n') ?? []
  throw new Error(`Redis at ${where}, which REDIS_URL names, cannot be used: ${said || 'no answer'}`)
}

const SEVERAL = /^(rediss?)\+(sentinel|cluster):\/\/(?:([^/?#]*)@)?([^/?#]+)(?:\/[^?#]*)?(?:\?(.*))?$/

/** The servers of an address; sentinels have a sign-in of their own. */
function serversOf(text: string): URL[] {
  const [, protocol, topology, signIn = '', hosts = '', query] = SEVERAL.exec(text) ?? []
  if (!protocol) return [parseUrl('REDIS_URL', text, ['redis:', 'rediss:'])]
  return hosts.split(',').map((host) => {
    const url = parseUrl('REDIS_URL', `${protocol}://${signIn === '' ? '' : `${signIn}@`}${host}`, [`${protocol}:`])
    if (topology === 'sentinel') signInToSentinel(url, new URLSearchParams(query))
    return url
  })
}

function signInToSentinel(url: URL, asked: URLSearchParams): void {
  url.port ||= '26379'
  url.username = asked.get('sentinelUsername') ?? ''
  url.password = asked.get('sentinelPassword') ?? ''
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
