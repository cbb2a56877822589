import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { parseRedisUrl, type RedisAddress } from './redis-address.ts'

/**
 * `producer`: fails fast, so that accepting work never waits for Redis. `worker`: patient, as BullMQ demands of
 * connections that block. `listener`: as patient, and silent for as long as nobody says anything.
 */
export type RedisRole = 'producer' | 'worker' | 'listener'

export type RedisClient = Redis | Cluster

const backoff = (times: number): number => Math.min(100 * times, 1_000) + Math.random() * 100

const CONNECT_TIMEOUT_MS = 2_000
const COMMAND_TIMEOUT_MS = 1_500
/** BullMQ blocks for 10 s at most, so a socket that is silent for longer leads nowhere: to a frozen or cut-off server. */
const SILENCE_MS = 12_000
/** How soon a sentinel that does not answer is given up for the next one. */
const SENTINEL_TIMEOUT_MS = 1_000
const SLOTS_REFRESH_MS = 1_000

type Options = Omit<RedisOptions, 'replyMapping'>

const OF_ROLE: Record<RedisRole, Options> = {
  producer: { maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS },
  worker: { maxRetriesPerRequest: null, socketTimeout: SILENCE_MS },
  listener: { maxRetriesPerRequest: null },
}

/**
 * A connection that comes back within a second of Redis, whatever the outage was: to one server, to the primary that
 * sentinels name, or to a cluster. `onError` is called for each error.
 *
 * @throws RangeError for an address that {@link parseRedisUrl} refuses.
 */
export function openRedis(url: string, role: RedisRole, name: string, onError: (error: Error) => void): RedisClient {
  const address = parseRedisUrl(url)
  const redis = address.kind === 'cluster' ? openCluster(address, role, name) : openServer(address, role, name)
  redis.on('error', onError)
  if (redis instanceof Cluster) redis.on('node error', onError)
  return redis
}

type Of<Kind> = Extract<RedisAddress, { kind: Kind }>

function openServer(address: Of<'single' | 'sentinel'>, role: RedisRole, name: string): Redis {
  return new Redis({
    ...optionsOf(address, role, name),
    ...(address.kind === 'single' ? { host: address.host, port: address.port } : sentinelOptions(address)),
    db: address.db,
    retryStrategy: backoff,
    enableOfflineQueue: role !== 'producer',
  })
}

/** A failover is heard from the sentinels: a frozen primary does not close its connections. */
const sentinelOptions = ({ sentinels, primary, tls, ...address }: Of<'sentinel'>): Options => ({
  sentinels,
  name: primary,
  failoverDetector: true,
  sentinelRetryStrategy: backoff,
  sentinelReconnectStrategy: backoff,
  sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
  ...(address.sentinelUsername === undefined ? {} : { sentinelUsername: address.sentinelUsername }),
  ...(address.sentinelPassword === undefined ? {} : { sentinelPassword: address.sentinelPassword }),
  ...(tls ? { sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
})

const openCluster = (address: Of<'cluster'>, role: RedisRole, name: string): Cluster =>
  new Cluster(address.nodes, {
    clusterRetryStrategy: backoff,
    enableOfflineQueue: role !== 'producer',
    slotsRefreshInterval: SLOTS_REFRESH_MS,
    // The check may ask a frozen node, and then `connect()` of ioredis 6.0 never settles: a worker of BullMQ 6.7 that waits
    // for it would stand still for good. A cluster that is not up answers CLUSTERDOWN, which is tried again.
    enableReadyCheck: false,
    redisOptions: optionsOf(address, role, name),
  })

const optionsOf = ({ username, password, tls }: RedisAddress, role: RedisRole, name: string): Options => ({
  connectionName: name,
  connectTimeout: CONNECT_TIMEOUT_MS,
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  ...(tls ? { tls: {} } : {}),
  ...OF_ROLE[role],
})

/** One hash tag a queue, so that all keys of a queue live on one node of a Redis Cluster. */
export const keyPrefix = (prefix: string, queue: string): string => `{${prefix}:${queue}}`
