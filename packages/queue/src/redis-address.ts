/** A place where something listens. */
export type RedisHost = { host: string; port: number }

type SignIn = { username?: string; password?: string; tls: boolean }

/** What a `REDIS_URL` names: one server, a primary that sentinels know by name, or the nodes of a cluster. */
export type RedisAddress =
  | ({ kind: 'single'; db: number } & RedisHost & SignIn)
  | ({ kind: 'sentinel'; sentinels: RedisHost[]; primary: string; db: number } & SentinelSignIn & SignIn)
  | ({ kind: 'cluster'; nodes: RedisHost[] } & SignIn)

type SentinelSignIn = { sentinelUsername?: string; sentinelPassword?: string }

const FORMS = {
  single: 'redis://user:password@host:6379/0',
  sentinel: 'redis+sentinel://user:password@host1:26379,host2:26379/mymaster?db=0',
  cluster: 'redis+cluster://user:password@host1:7000,host2:7001',
} as const

const PARTS = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?#]*)@)?([^/?#@]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/
const HOST = /^(\[[\da-fA-F:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/
const DEFAULT_PORT = { single: 6_379, sentinel: 26_379, cluster: 6_379 } as const

/**
 * Reads a `REDIS_URL`: `redis://`, `redis+sentinel://` or `redis+cluster://`; with `rediss` instead of `redis` every
 * connection is encrypted. Several hosts stand between commas; user and password are percent-encoded. Asks of a sentinel
 * address: `db`, `sentinelUsername`, `sentinelPassword`.
 *
 * @throws RangeError that says what is wrong and how it is written, without repeating anything secret.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const [, protocol, topology, signIn, hosts = '', path = '', query = ''] = PARTS.exec(text) ?? []
  if (!protocol) throw new RangeError(`is not an address such as ${Object.values(FORMS).join(' or ')}`)
  const kind = topology === 'sentinel' || topology === 'cluster' ? topology : 'single'
  const listed = hosts.split(',').map((host) => parseHost(host, kind))
  const access = { ...parseSignIn(signIn), tls: protocol === 'rediss' }
  const asked = new URLSearchParams(query)
  switch (kind) {
    case 'single':
      return { kind, ...onlyHost(listed), db: parseDb(path), ...access }
    case 'sentinel':
      return { kind, sentinels: listed, primary: parsePrimary(path), ...parseSentinel(asked), ...access }
    case 'cluster':
      if (path !== '' || asked.has('db')) throw new RangeError('names a database, but a cluster has only one')
      return { kind, nodes: listed, ...access }
    default:
      return kind satisfies never
  }
}

function parseHost(text: string, kind: RedisAddress['kind']): RedisHost {
  const [, host, port] = HOST.exec(text) ?? []
  if (!host || Number(port) > 65_535) throw new RangeError(`has a host that cannot be one: write ${FORMS[kind]}`)
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? DEFAULT_PORT[kind]) }
}

function onlyHost(hosts: RedisHost[]): RedisHost {
  const [host, ...others] = hosts
  if (host && others.length === 0) return host
  throw new RangeError(`lists several hosts: write ${FORMS.sentinel} or ${FORMS.cluster}`)
}

function parseSignIn(text: string | undefined): Omit<SignIn, 'tls'> {
  if (!text) return {}
  const [username = '', ...rest] = text.split(':')
  const password = rest.join(':')
  return {
    ...(username === '' ? {} : { username: decoded(username) }),
    ...(password === '' ? {} : { password: decoded(password) }),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new RangeError('has a user or password that is not percent-encoded: write % as %25, @ as %40')
  }
}

function parseDb(text: string): number {
  if (/^\d{0,5}$/.test(text)) return Number(text)
  throw new RangeError(`names a database that is not a number: write ${FORMS.single}`)
}

function parsePrimary(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text
  throw new RangeError(`does not say under which name the sentinels know the primary: write ${FORMS.sentinel}`)
}

function parseSentinel(asked: URLSearchParams): SentinelSignIn & { db: number } {
  const [username, password] = [asked.get('sentinelUsername'), asked.get('sentinelPassword')]
  return {
    db: parseDb(asked.get('db') ?? ''),
    ...(username === null ? {} : { sentinelUsername: username }),
    ...(password === null ? {} : { sentinelPassword: password }),
  }
}
