import { startRedisNode, untilNodesSay, type RedisNode } from './redis-node.ts'

const PASSWORD = 'of-the-servers'
const WATCH_PASSWORD = 'of-the-sentinels'
const NAME = 'main'
/** A primary is taken for dead after this time without an answer. */
const DOWN_AFTER_MS = 1_000

/** One primary, two replicas and three sentinels as processes of this machine. */
export async function startRedisSentinel() {
  await using stack = new AsyncDisposableStack()
  const first = stack.use(await startServer())
  const replicas = await Promise.all([startServer(first.port), startServer(first.port)])
  for (const replica of replicas) stack.use(replica)
  const servers = [first, ...replicas]
  await untilNodesSay(replicas, 'INFO replication', /master_link_status:up/)
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(first.port)))
  for (const sentinel of sentinels) stack.use(sentinel)
  await untilNodesSay(
    sentinels,
    `SENTINEL MASTER ${NAME}`,
    /num-slaves\r\n\$1\r\n2\r\n[^]*num-other-sentinels\r\n\$1\r\n2\r\n/,
  )
  const owned = stack.move()
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')
  return {
    url: `redis+sentinel://:${PASSWORD}@${hosts}/${NAME}?sentinelPassword=${WATCH_PASSWORD}`,
    servers,
    /** Which server the sentinels take for the primary. */
    primary: async (): Promise<RedisNode> => {
      const said = await sentinels[0]!.ask(`SENTINEL GET-MASTER-ADDR-BY-NAME ${NAME}`)
      const [, port] = /127\.0\.0\.1\r\n\$\d+\r\n(\d+)/.exec(said) ?? []
      const primary = servers.find((server) => server.port === Number(port))
      if (!primary) throw new Error(`The sentinels name no primary: ${said}`)
      return primary
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const startServer = (primary?: number): Promise<RedisNode> =>
  startRedisNode({
    password: PASSWORD,
    settings: [
      'appendonly yes',
      `requirepass ${PASSWORD}`,
      `masterauth ${PASSWORD}`,
      'repl-diskless-sync-delay 0',
      ...(primary === undefined ? [] : [`replicaof 127.0.0.1 ${primary}`]),
    ],
  })

const startSentinel = (primary: number): Promise<RedisNode> =>
  startRedisNode({
    password: WATCH_PASSWORD,
    args: ['--sentinel'],
    settings: [
      `requirepass ${WATCH_PASSWORD}`,
      `sentinel sentinel-pass ${WATCH_PASSWORD}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${primary} 2`,
      `sentinel auth-pass ${NAME} ${PASSWORD}`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${NAME} 5000`,
    ],
  })
