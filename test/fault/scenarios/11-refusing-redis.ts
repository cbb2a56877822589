import { waitFor } from '@stageline/testkit'
import type { Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import { cpuTimeMs } from '../line/cpu-time.ts'
import { troublesIn } from '../line/log-lines.ts'
import type { Scenario } from '../line/scenario.ts'
import { onSmallDisk } from '../line/small-disk.ts'
import type { Rig } from '../line/start-rig.ts'
import type { Trials } from '../line/trials.ts'
import { withRedis } from '../line/with-redis.ts'

const REFUSES_MS = 15_000
/** Reached while nothing is worked, and never before. */
const MAX_OPEN = 150
const CPU_SHARE = 0.2
const STUCK_MS = 15_000
const DISK_MB = 24

type Refusal = {
  name: string
  /** The word with which Redis refuses. */
  word: string
  begin(redis: Redis): Promise<unknown>
  end(redis: Redis): Promise<unknown>
}

const ask =
  (...words: [string, ...string[]]) =>
  (redis: Redis) =>
    redis.call(...words)

const MEMORY_FULL: Refusal = {
  name: 'memory full',
  word: 'OOM',
  begin: ask('CONFIG', 'SET', 'maxmemory', '1mb'),
  end: ask('CONFIG', 'SET', 'maxmemory', '0'),
}
const READ_ONLY: Refusal = {
  name: 'demoted',
  word: 'READONLY',
  begin: ask('REPLICAOF', '127.0.0.1', '1'),
  end: ask('REPLICAOF', 'NO', 'ONE'),
}

export const refusingRedis: Scenario = {
  row: 11,
  name: 'refusing-redis',
  title: 'Redis takes no writes (memory full, disk full, demoted): nobody spins, nothing is lost, the bound holds',
  targetMs: 5_000,
  inTests: false,
  rig: { env: { STAGELINE_MAX_OPEN_JOBS_PER_TENANT: String(MAX_OPEN) } },
  run: async (rig, trials) => {
    await rig.stores.killRedis()
    await using disk = await onSmallDisk(rig.stores.redisFolder(), DISK_MB)
    await using _stopped = { [Symbol.asyncDispose]: () => rig.stores.killRedis() }
    await rig.stores.startRedis()
    const full: Refusal = { name: 'disk full', word: 'MISCONF', begin: () => disk.fill(), end: () => disk.free() }
    for (const refusal of [MEMORY_FULL, READ_ONLY, full]) await refuse(rig, trials, refusal)
    await rig.quiesce()
  },
}

async function refuse(rig: Rig, trials: Trials, { name, word, begin, end }: Refusal): Promise<void> {
  await trials.warmUp()
  const url = rig.stores.redisUrl()
  const from = new Date()
  const { itemsMs, overTime } = await trials.cause(
    `Redis refuses: ${word}`,
    name,
    async () => {
      await withRedis(url, async (redis) => {
        await begin(redis)
        const refused = () =>
          redis.set('bench:probe', '1', 'PX', 1_000).then(
            () => false,
            ({ message }: Error) => message.includes(word),
          )
        await waitFor(refused, { timeoutMs: 10_000, message: `Redis to answer ${word}` })
      })
      const busiest = watchCpu(rig)
      await delay(REFUSES_MS)
      const { who, share } = busiest()
      trials.figure(`busiest while ${word}`, `${who} ${Math.round(100 * share)} %`)
      trials.expect(share < CPU_SHARE, `nobody spins on ${word}`)
      trials.expect(await isFull(rig), `the bound holds while Redis answers ${word}`)
      // What waits is enough to measure by; more would only ask again and again for a place.
      rig.load.stop()
      await withRedis(url, end)
    },
    { measure: async ({ throughputMs }) => [throughputMs] },
  )
  const seconds = (overTime.getTime() - from.getTime()) / 1_000
  const troubles = await Promise.all(rig.members.map((member) => troublesIn(rig, member, from, overTime)))
  const [cause = '', lines = 0] = troubles.flat().toSorted(([, a], [, b]) => b - a)[0] ?? []
  trials.figure(`lines of the commonest error while ${word}`, `${lines} in ${Math.round(seconds)} s`)
  // A line at the beginning of a second and one at its end.
  trials.expect(lines <= seconds + 2, `an error writes at most a line a second: ${lines} times "${cause}"`)
  trials.expect(
    Math.max(...itemsMs) <= 2 * STUCK_MS,
    `what was in hand moves within ${STUCK_MS} ms, twice that at worst`,
  )
}

/** Of the workers and orchestrators: gateways have work meanwhile. */
function watchCpu({ members }: Rig): () => { who: string; share: number } {
  const at = performance.now()
  const watched = members.flatMap(({ role, name, pid }) => {
    const before = role === 'gateway' ? undefined : cpuTimeMs(pid() ?? 0)
    return before === undefined ? [] : [{ name, pid: pid()!, before }]
  })
  return () => {
    const ms = performance.now() - at
    const shares = watched.map(({ name, pid, before }) => ({ who: name, share: ((cpuTimeMs(pid) ?? 0) - before) / ms }))
    return shares.toSorted((a, b) => b.share - a.share)[0] ?? { who: 'not measured', share: 0 }
  }
}

/** Whether one more job is refused for now, with a word on when to come again. */
async function isFull({ of, tenants }: Rig): Promise<boolean> {
  const answers = tenants.map(async ({ apiKey }) => {
    const answer = await fetch(`http://127.0.0.1:${of('gateway')[0]!.port}/v1/jobs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ workflow: 'faulty', input: {} }),
    })
    return [429, 503].includes(answer.status) && Number(answer.headers.get('retry-after')) > 0
  })
  return (await Promise.all(answers)).some(Boolean)
}
