import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { countAnswers } from '../line/count-answers.ts'
import { crashesIn, deathsIn } from '../line/crashes.ts'
import { memoryOf } from '../line/memory-of.ts'
import { percentile99 } from '../line/percentile.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'
import type { Trials } from '../line/trials.ts'

const SLOW_MS = 30_000
const LOCKED_MS = 10_000
const LONGEST_ANSWER_MS = 10_000
/** Submitters wait for 10 s; at most this share of them may do so in vain. */
const UNANSWERED_AT_MOST = 0.01
const ACCEPTED_AT_LEAST = 0.9
const MEMORY_GROWTH = 0.5

type Slowness = {
  name: string
  while(rig: Rig): Promise<void>
  /** Still quick enough to take in what comes. */
  isMild?: boolean
  /** A submission is a dozen questions, one after the other: where each takes seconds, it outlasts who submits. */
  isHopeless?: boolean
}

const late = (ms: number): Slowness => ({
  isMild: ms < 1_000,
  isHopeless: ms > 1_000,
  name: `each answer ${ms} ms late`,
  while: async ({ members }) => {
    const halfMs = ms / 2
    await Promise.all(members.map(({ postgres }) => postgres.set({ kind: 'slow', latencyMs: halfMs, jitterMs: 0 })))
    await delay(SLOW_MS)
    await Promise.all(members.map(({ postgres }) => postgres.set({ kind: 'pass' })))
  },
})

const LOCKED: Slowness = {
  name: 'the table of jobs locked',
  while: async ({ stores }) => {
    const client = new pg.Client({ connectionString: stores.databaseUrl() })
    await client.connect()
    await client.query('BEGIN')
    await client.query('LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE')
    await delay(LOCKED_MS)
    await client.query('COMMIT')
    await client.end()
  },
}

export const slowPostgres: Scenario = {
  row: 15,
  name: 'slow-postgres',
  title:
    'Postgres is slow, or a table is locked: who submits is answered in time, nothing piles up, nobody counts as crashed',
  targetMs: 5_000,
  inTests: false,
  run: async (rig, trials) => {
    for (const slowness of [late(200), late(2_000), LOCKED]) await endure(rig, trials, slowness)
  },
}

async function endure(rig: Rig, trials: Trials, slowness: Slowness): Promise<void> {
  await trials.warmUp()
  const [deathsBefore, crashesBefore, stepsBefore] = [deathsIn(rig), await crashesIn(rig), await commits(rig)]
  const memory = () => Promise.all(rig.members.map(memoryOf))
  const memoryBefore = await memory()
  const before = rig.load.counts()
  using answers = countAnswers(rig.recorder)
  let [connections, growth, steps] = [0, 0, stepsBefore]
  await trials.cause('slow Postgres', slowness.name, async () => {
    await slowness.while(rig)
    steps = await commits(rig)
    connections = await connectionsOf(rig)
    growth = Math.max(...(await memory()).map((now, i) => now / memoryBefore[i]! - 1))
  })
  // Those that are still under way are the slowest.
  await delay(LONGEST_ANSWER_MS)
  const after = rig.load.counts()
  const p99 = percentile99(after.answerMs.slice(before.answerMs.length))
  const unanswered = answers.byStatus().get(0) ?? 0
  const atOnce = (after.acceptedAtOnce - before.acceptedAtOnce) / (after.sent - before.sent)
  const crashes = (await crashesIn(rig)) - crashesBefore
  const about = slowness.name
  const bundle = (steps.entries - stepsBefore.entries) / Math.max(1, steps.commits - stepsBefore.commits)
  trials.figure(`p99 of answers, ${about}`, `${Math.round(p99)} ms`)
  trials.figure(`answers, ${about}`, JSON.stringify(Object.fromEntries(answers.byStatus())))
  trials.figure(`entries a commit, ${about}`, bundle.toFixed(1))
  trials.figure(`largest growth, ${about}`, `${Math.round(100 * growth)} %`)
  trials.figure(`connections, ${about}`, connections)
  trials.figure(`accepted at once, ${about}`, `${Math.round(100 * atOnce)} %`)
  trials.expect(answers.all() > 0, `somebody was answered (${about})`)
  trials.expect(
    slowness.isHopeless || unanswered <= UNANSWERED_AT_MOST * answers.all(),
    `whoever submits is answered in time, ${unanswered} were not (${about})`,
  )
  trials.expect(!slowness.isMild || atOnce >= ACCEPTED_AT_LEAST, `what comes is taken in (${about})`)
  trials.expect(growth <= MEMORY_GROWTH, `no process grows by more than ${100 * MEMORY_GROWTH} % (${about})`)
  trials.expect(deathsIn(rig) === deathsBefore, `no process ends (${about})`)
  trials.expect(crashes === 0, `no worker is taken for crashed, ${crashes} steps were (${about})`)
}

/** Entries of the history and transactions so far: their ratio says how much goes into one. */
async function commits({ admin }: Rig): Promise<{ entries: number; commits: number }> {
  const [row] = await admin.query<{ entries: string; commits: string }>(
    `SELECT (SELECT count(*) FROM history) AS entries, (SELECT count(DISTINCT xmin::text) FROM history) AS commits`,
  )
  return { entries: Number(row!.entries), commits: Number(row!.commits) }
}

/** Connections of the services that the server has just now. */
async function connectionsOf({ admin }: Rig): Promise<number> {
  const [row] = await admin.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename <> current_user`,
  )
  return row!.n
}
