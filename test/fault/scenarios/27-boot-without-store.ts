import { waitFor } from '@stageline/testkit'
import { z } from 'zod'
import type { Member } from '../line/member.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'

const LOAD = { ratePerS: 25 }
const BOOT_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 8_000

const Ready = z.object({ status: z.string(), checks: z.record(z.string(), z.object({ status: z.string() })) })

export const bootWithoutRedis = bootWithout({
  store: 'redis',
  // It accepts without Redis.
  able: ['gateway'],
  kill: ({ stores }) => stores.killRedis(),
  start: ({ stores }) => stores.startRedis(),
})
export const bootWithoutPostgres = bootWithout({
  store: 'postgres',
  able: [],
  kill: ({ stores }) => stores.crashPostgres(),
  start: ({ stores }) => stores.startPostgres(),
})

type Missing = {
  store: 'redis' | 'postgres'
  /** Who is ready without it. */
  able: readonly Member['role'][]
  kill(rig: Rig): Promise<void>
  start(rig: Rig): Promise<void>
}

function bootWithout({ store, able, kill, start }: Missing): Scenario {
  return {
    row: 27,
    name: `boot-without-${store}`,
    title: `services started without ${store} say that it is missing, and work as soon as it comes`,
    targetMs: 5_000,
    inTests: true,
    run: async (rig, trials) => {
      await trials.warmUp(LOAD)
      const started = rig.members.filter(({ group, name }) => rig.of(group)[0]!.name === name)
      const said = new Map<Member, Said>()
      const deaths = () => rig.members.reduce((sum, member) => sum + member.deaths(), 0)
      const before = deaths()
      await trials.cause('boot without', store, async () => {
        // Nobody is there to be asked until they have started.
        rig.load.stop()
        await Promise.all(rig.members.map((member) => member.stop(STOP_WITHIN_MS)))
        await kill(rig)
        for (const member of started) member.start()
        for (const member of started) said.set(member, await sayMissing(member, store))
        rig.load.start(LOAD)
        await start(rig)
      })
      trials.expect(deaths() === before, 'a store that is missing ends no process')
      for (const [{ name, role }, { ready, live }] of said) {
        trials.expect(ready === (able.includes(role) ? 200 : 503), `${name} says whether it is ready`)
        trials.expect(live === 200, `${name} lives without ${store}`)
      }
      for (const member of rig.members) if (!started.includes(member)) member.start()
      await Promise.all(rig.members.map((member) => member.whenReady(BOOT_WITHIN_MS)))
    },
  }
}

type Said = { ready: number; live: number }

/** What a process that starts without a store answers, once it does: it names what is missing. */
async function sayMissing(member: Member, store: string): Promise<Said> {
  const at = `http://127.0.0.1:${member.port}/health`
  let ready = 0
  const names = async () => {
    const answer = await fetch(`${at}/ready`, { signal: AbortSignal.timeout(5_000) })
    const body = Ready.safeParse(await answer.json())
    ready = answer.status
    return body.success && body.data.checks[store]?.status !== 'pass'
  }
  const message = `${member.name} to name ${store}`
  await waitFor(() => names().catch(() => false), { timeoutMs: BOOT_WITHIN_MS, message })
  return { ready, live: (await fetch(`${at}/live`)).status }
}
