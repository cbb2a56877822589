import { z } from 'zod'
import type { Member } from './member.ts'
import type { Rig } from './start-rig.ts'
import { withRedis } from './with-redis.ts'

const Data = z.object({ steps: z.array(z.tuple([z.string(), z.string(), z.number()])) })

/** Jobs whose step a worker has in hand just now, as Redis says: a killed worker holds up these and no others. */
export async function inHandOf(rig: Rig, member: Member): Promise<string[]> {
  const queue = `{${rig.prefix}:${member.group}}:${member.group}`
  return withRedis(rig.stores.redisUrl(), async (redis) => {
    const active = await redis.lrange(`${queue}:active`, 0, -1)
    const found = await Promise.all(active.map((id) => redis.hmget(`${queue}:${id}`, 'pb', 'data')))
    return found.flatMap(([worker, data]) => (worker?.includes(`/${member.pid()}-`) && data ? jobsIn(data) : []))
  })
}

/** Jobs whose step waits in a stage's queue, as Redis says. */
export async function inQueueOf(rig: Rig, stage: string): Promise<string[]> {
  const queue = `{${rig.prefix}:${stage}}:${stage}`
  return withRedis(rig.stores.redisUrl(), async (redis) => {
    const waiting = await redis.lrange(`${queue}:wait`, 0, -1)
    const found = await Promise.all(waiting.map((id) => redis.hget(`${queue}:${id}`, 'data')))
    return found.flatMap((data) => (data ? jobsIn(data) : []))
  })
}

/** Messages that any worker of a stage has in hand, and whether their lock is kept. */
export async function heldMessages(rig: Rig, stage: string): Promise<{ id: string; isLocked: boolean }[]> {
  const queue = `{${rig.prefix}:${stage}}:${stage}`
  return withRedis(rig.stores.redisUrl(), async (redis) => {
    const active = await redis.lrange(`${queue}:active`, 0, -1)
    return Promise.all(active.map(async (id) => ({ id, isLocked: (await redis.exists(`${queue}:${id}:lock`)) === 1 })))
  })
}

/** Jobs that the record says are queued and whose message is not in Redis: what a lost sending leaves behind. */
export async function unsentJobs(rig: Rig): Promise<string[]> {
  const messages = await rig.admin.query<{ key: string; jobs: string[] }>(
    `SELECT format('{%s:%s}:%2$s:%s', $1::text, s.key, s.value->>'m') AS key, array_agg(j.id) AS jobs
     FROM jobs j, jsonb_each(j.steps) s
     WHERE j.state IN ('queued', 'processing') AND s.value->>'s' = 'queued' AND s.value ? 'm' GROUP BY 1`,
    [rig.prefix],
  )
  return withRedis(rig.stores.redisUrl(), async (redis) => {
    const there = await Promise.all(messages.map(({ key }) => redis.exists(key)))
    return messages.flatMap(({ jobs }, i) => (there[i] === 0 ? jobs : []))
  })
}

const jobsIn = (data: string): string[] => Data.parse(JSON.parse(data)).steps.map(([job]) => job)
