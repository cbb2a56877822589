import { startRedisNode, untilNodesSay, type RedisNode } from './redis-node.ts'

const PASSWORD = 'of-the-cluster'
const SLOTS = 16_384
const PRIMARIES = 3

/** Three primaries as processes of this machine, the first of them with a replica. */
export async function startRedisCluster() {
  await using stack = new AsyncDisposableStack()
  const nodes = await Promise.all(Array.from({ length: PRIMARIES + 1 }, startNode))
  for (const node of nodes) stack.use(node)
  const [primaries, replica] = [nodes.slice(0, PRIMARIES), nodes[PRIMARIES]!]
  await Promise.all(
    primaries.map((node, i) => node.ask(`CLUSTER ADDSLOTSRANGE ${firstSlot(i)} ${firstSlot(i + 1) - 1}`)),
  )
  for (const [i, node] of nodes.entries()) await node.ask(`CLUSTER SET-CONFIG-EPOCH ${i + 1}`)
  for (const node of nodes.slice(1)) await node.ask(`CLUSTER MEET 127.0.0.1 ${nodes[0]!.port}`)
  await untilNodesSay(nodes, 'CLUSTER INFO', /cluster_state:ok\r\n[^]*cluster_known_nodes:4\r\n/)
  const [, id] = /\r\n([\da-f]{40})/.exec(await primaries[0]!.ask('CLUSTER MYID')) ?? []
  await replica.ask(`CLUSTER REPLICATE ${id}`)
  await untilNodesSay([replica], 'INFO replication', /master_link_status:up/)
  const owned = stack.move()
  return {
    url: `redis+cluster://:${PASSWORD}@${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    primaries,
    replica,
    /** Which of the three primaries held a key when the cluster was made: 0, 1 or 2. */
    homeOf: async (key: string): Promise<number> => {
      const slot = Number(/^:(\d+)/m.exec(await replica.ask(`CLUSTER KEYSLOT ${key}`))?.[1])
      return primaries.findIndex((_, i) => slot < firstSlot(i + 1))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const firstSlot = (node: number): number => Math.floor((node * SLOTS) / PRIMARIES)

const startNode = (): Promise<RedisNode> =>
  startRedisNode({
    password: PASSWORD,
    settings: [
      'appendonly yes',
      `requirepass ${PASSWORD}`,
      `masterauth ${PASSWORD}`,
      'cluster-enabled yes',
      'cluster-config-file nodes.conf',
      'cluster-node-timeout 1500',
      'cluster-require-full-coverage no',
      'repl-diskless-sync-delay 0',
    ],
  })
