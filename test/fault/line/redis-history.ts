import { startRedisNode, untilNodesSay } from '@stageline/testkit'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rig } from './start-rig.ts'

/** What Redis knew at some time. `rewind` makes it all that it knows. */
export type RedisHistory = { rewind(): Promise<void> }

/** Copies the files of Redis as they are now; `rewind` puts them in place of the later ones and starts it again. */
export async function copyRedis({ stores }: Rig): Promise<RedisHistory> {
  const files = join(stores.redisFolder(), 'appendonlydir')
  const copy = join(stores.redisFolder(), 'copied')
  await rm(copy, { recursive: true, force: true })
  await cp(files, copy, { recursive: true })
  return {
    rewind: async () => {
      await stores.killRedis()
      await rm(files, { recursive: true })
      await cp(copy, files, { recursive: true })
      await stores.startRedis()
    },
  }
}

/** A replica that hears nothing more of its primary from now on; `rewind` kills the primary and has the line use it. */
export async function cutOffReplica({ stores }: Rig): Promise<RedisHistory> {
  const { password, port } = new URL(stores.redisUrl())
  const replica = await startRedisNode({
    password,
    settings: [
      'appendonly yes',
      `requirepass ${password}`,
      `masterauth ${password}`,
      'repl-diskless-sync-delay 0',
      `replicaof 127.0.0.1 ${port}`,
    ],
  })
  await untilNodesSay([replica], 'INFO replication', /master_link_status:up/)
  await replica.ask('REPLICAOF NO ONE')
  const url = `redis://:${password}@127.0.0.1:${replica.port}`
  return { rewind: () => stores.replaceRedis(Object.assign(replica, { url })) }
}
