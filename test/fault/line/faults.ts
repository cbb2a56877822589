import { waitFor } from '@stageline/testkit'
import { setTimeout as delay } from 'node:timers/promises'
import { STAGES } from './job-mix.ts'
import type { Member } from './member.ts'
import type { Proxy, Weather } from './proxy.ts'
import type { Random } from './random.ts'
import type { Rig } from './start-rig.ts'

/** A fault as the random mix draws it: whom it hits is chosen first, so that it can be told while it lasts. */
export type FaultClass = {
  name: string
  draw(rig: Rig, random: Random): { target: string; cause: (holdMs: number) => Promise<void> }
}

const workers = ({ members }: Rig) => members.filter(({ role }) => role === 'stage')

const killing = (name: string, choose: (rig: Rig, random: Random) => readonly Member[]): FaultClass => ({
  name,
  draw: (rig, random) => {
    const victims = choose(rig, random)
    return { target: names(victims), cause: async () => victims.forEach((victim) => victim.kill()) }
  },
})

const weather = (name: string, draw: (random: Random) => Weather): FaultClass => ({
  name,
  draw: (rig, random) => {
    const proxies = rig.members.flatMap(({ postgres, redis }) => [postgres, redis])
    const proxy = random.pick<Proxy>([...proxies, rig.downstream])
    const kind = draw(random)
    const target = kind.kind === 'cut' ? `${proxy.name} ${kind.direction}` : proxy.name
    const cause = async (holdMs: number) => {
      await proxy.set(kind)
      await delay(holdMs)
      await proxy.set({ kind: 'pass' })
    }
    return { target, cause }
  },
})

const names = (members: readonly Member[]): string => members.map(({ name }) => name).join(', ')

/** Everything that the mix draws from. */
export const FAULT_CLASSES: readonly FaultClass[] = [
  killing('kill -9 worker', (rig, random) => [random.pick(workers(rig))]),
  killing('kill -9 all workers of a stage', (rig, random) => rig.of(random.pick(STAGES))),
  killing('kill -9 gateway', (rig, random) => [random.pick(rig.of('gateway'))]),
  killing('kill -9 orchestrator', (rig, random) => [random.pick(rig.of('orchestrator'))]),
  {
    name: 'kill -9 Redis',
    draw: ({ stores }) => ({
      target: 'redis',
      cause: async (holdMs) => {
        await stores.killRedis()
        await delay(holdMs / 2)
        await stores.startRedis()
      },
    }),
  },
  { name: 'FLUSHALL', draw: ({ stores }) => ({ target: 'redis', cause: () => stores.flushRedis() }) },
  {
    name: 'SIGSTOP Redis',
    draw: ({ stores }) => ({
      target: 'redis',
      cause: async (holdMs) => {
        stores.freezeRedis()
        await delay(holdMs)
        stores.thawRedis()
      },
    }),
  },
  {
    name: 'Postgres crash',
    draw: ({ stores }) => ({
      target: 'postgres',
      cause: async (holdMs) => {
        await stores.crashPostgres()
        await delay(holdMs / 3)
        await stores.startPostgres()
      },
    }),
  },
  {
    name: 'SIGSTOP worker',
    draw: (rig, random) => {
      const victim = random.pick(workers(rig))
      const cause = async (holdMs: number) => {
        victim.freeze()
        await delay(holdMs)
        victim.thaw()
      }
      return { target: victim.name, cause }
    },
  },
  weather('blackhole', () => ({ kind: 'blackhole' })),
  weather('reset', () => ({ kind: 'reset' })),
  weather('refuse', () => ({ kind: 'refuse' })),
  weather('cut one direction', (random) => ({
    kind: 'cut',
    direction: random.pick(['toServer', 'toClient'] as const),
  })),
  weather('slow network', (random) => ({ kind: 'slow', latencyMs: random.between(50, 500), jitterMs: 200 })),
  {
    name: 'death at a code point',
    draw: (rig, random) => {
      const point = random.pick(['recorded:kill', 'recording:kill', 'sent:kill', 'recording:throw', 'recorded:stall'])
      const victim = random.pick(workers(rig))
      const cause = async (holdMs: number) => {
        const deaths = victim.deaths()
        victim.breakAt(point)
        await waitFor(() => victim.deaths() > deaths, { timeoutMs: holdMs }).catch(() => undefined)
        victim.breakAt('')
      }
      return { target: `${victim.name} ${point}`, cause }
    },
  },
  {
    name: 'wrong clock',
    draw: (rig, random) => {
      const victim = random.pick(rig.members)
      const ms = random.pick([60_000, -60_000, 3_600_000, -3_600_000])
      const cause = async (holdMs: number) => {
        victim.shiftClock(ms)
        await delay(holdMs)
        victim.shiftClock(0)
      }
      return { target: `${victim.name} by ${ms / 1_000} s`, cause }
    },
  },
]
