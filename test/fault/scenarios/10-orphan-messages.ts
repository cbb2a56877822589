import { letAge, untilWaiting } from '../line/backlog.ts'
import type { Scenario } from '../line/scenario.ts'
import { pauseStage, resumeStage } from '../line/stage-pause.ts'
import type { Rig } from '../line/start-rig.ts'
import { withRedis } from '../line/with-redis.ts'

const HELD = 'scoring'
const WAITING = 80

export const orphanMessages: Scenario = {
  row: 10,
  name: 'orphan-messages',
  title: 'messages that are there and in no list, or finished though nobody worked them, are found and sent again',
  targetMs: 60_000,
  inTests: false,
  run: async (rig, trials) => {
    await trials.warmUp()
    await pauseStage(rig, HELD)
    const waiting = await untilWaiting(rig, HELD, WAITING)
    // Old ones and new ones alike.
    await letAge(rig, waiting.slice(WAITING / 2))
    await trials.cause(
      'wait list deleted',
      HELD,
      async () => {
        const counts = await orphan(rig, HELD)
        trials.figure('messages', JSON.stringify(counts))
        trials.expect(
          Object.values(counts).every((count) => count > 0),
          'there were messages of every kind',
        )
        await resumeStage(rig, HELD)
        return waiting
      },
      { measure: 'jobs', withinMs: 130_000 },
    )
  },
}

/** Takes all that waits off its list: some are left as they are, some finished or failed as if they had been worked. */
async function orphan(
  rig: Rig,
  stage: string,
): Promise<Record<'bare' | 'completed' | 'failed' | 'unfinished', number>> {
  const queue = `{${rig.prefix}:${stage}}:${stage}`
  const counts = { bare: 0, completed: 0, failed: 0, unfinished: 0 }
  await withRedis(rig.stores.redisUrl(), async (redis) => {
    const ids = await redis.lrange(`${queue}:wait`, 0, -1)
    await redis.del(`${queue}:wait`)
    for (const [i, id] of ids.entries()) {
      const kind = (['bare', 'completed', 'failed', 'unfinished'] as const)[i % 4]!
      counts[kind] += 1
      if (kind === 'completed' || kind === 'failed') await redis.hset(`${queue}:${id}`, 'finishedOn', Date.now())
      if (kind !== 'bare') await redis.zadd(`${queue}:${kind === 'completed' ? kind : 'failed'}`, Date.now(), id)
    }
  })
  return counts
}
