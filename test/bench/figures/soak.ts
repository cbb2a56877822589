import { waitFor } from '@stageline/testkit'
import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { contenderOf } from '../contenders/index.ts'
import { memoryMb } from '../rig/cost.ts'
import { costBetween } from '../rig/drain.ts'
import { startRig, type Rig } from '../rig/rig.ts'
import { medianOf, percentileOf, type Figure } from './figure.ts'
import { rounded } from './rounds.ts'

const MINUTES = Number(process.env['BENCH_SOAK_MINUTES'] ?? 30)
const SHARE_OF_PEAK = 0.7
const OF_PEAK = 200_000
/** `RETENTION_JOBS` of the contender, and how many leave at a time. */
const [KEPT, OF_AN_ARCHIVE] = [50_000, 1_000]
const CHUNK_MS = 500
const MINUTE_MS = 60_000
/** Until what is kept is as much as is to be kept, and Node has seen everything often. */
const SETTLED_AFTER = 0.2

/** What is to stay flat; MB and ms. */
const FLAT = ['latency', 'record', 'gateway', 'orchestrator', 'worker', 'redis'] as const
type Minute = Record<(typeof FLAT)[number] | 'rate' | 'p99' | 'kept' | 'archived' | 'dead' | 'cores' | 'others', number>

/** The most that anything has grown from the first minutes on, while the oldest finished jobs leave for files. */
export function soak(about: Omit<Figure, 'measure' | 'unit' | 'better' | 'target' | 'floor'>): Figure {
  return {
    ...about,
    unit: '× the first minutes',
    better: 'less',
    target: 1.1,
    floor: 1.25,
    measure: async ({ report }) => {
      await using rig = await startRig(contenderOf('stageline-soak'))
      await using client = await connectTo(rig)
      const peak = await peakOf(rig, client)
      const perSecond = Math.round(peak * SHARE_OF_PEAK)
      report(`${Math.round(peak)} jobs/s at most, ${perSecond} for ${MINUTES} minutes`)
      const minutes = await watch(rig, client, perSecond, report)
      const growth = new Map(FLAT.map((what) => [what, growthOf(minutes, (minute) => minute[what])]))
      const of = (what: keyof Minute) => [first(minutes), last(minutes)].map((some) => medianIn(some, what)).join(' → ')
      return {
        values: [Math.max(...growth.values())],
        notes: {
          'jobs/s': perSecond,
          'of at most': Math.round(peak),
          minutes: MINUTES,
          ...Object.fromEntries(FLAT.map((what) => [`${what}, ${what === 'latency' ? 'p50 ms' : 'MB'}`, of(what)])),
          'latency, p99 ms': of('p99'),
          'finished jobs kept': of('kept'),
          'rows that are dead, of 100': of('dead'),
          'cores used': of('cores'),
          'others used, cores': of('others'),
          'jobs archived': minutes.at(-1)!.archived,
        },
      }
    },
  }
}

/**
 * Jobs a second that the processors are good for, with what it takes to let each leave again: by what all processes used for very
 * many, from the first call until no more are kept than shall be.
 */
async function peakOf(rig: Rig, client: pg.Client): Promise<number> {
  const before = rig.cost()
  const submitted = rig.submitter.next('submitted')
  rig.submitter.ask({ kind: 'submit', from: 1, count: OF_PEAK })
  await submitted
  await rig.untilDone(OF_PEAK)
  const haveLeft = async () => (await sizesOf(client)).kept <= KEPT + 2 * OF_AN_ARCHIVE
  await waitFor(haveLeft, { timeoutMs: 600_000, message: 'finished jobs to leave' })
  const { cpu } = costBetween(before, rig.cost(), { items: OF_PEAK, seconds: 1 })
  return (availableParallelism() * 1_000) / cpu.all
}

async function connectTo({ servers }: Rig): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: servers.databaseUrl, application_name: 'stageline-bench-soak' })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

async function watch(
  rig: Rig,
  client: pg.Client,
  perSecond: number,
  report: (line: string) => void,
): Promise<Minute[]> {
  rig.doneAt.clear()
  const feeding = feed(rig, perSecond)
  const minutes: Minute[] = []
  const began = performance.now()
  let cost = rig.cost()
  while (minutes.length < MINUTES) {
    await Promise.race([delay(began + (minutes.length + 1) * MINUTE_MS - performance.now()), feeding])
    const now = rig.cost()
    const seconds = MINUTE_MS / 1_000
    const { cpu, others } = costBetween(cost, now, { items: seconds * 1_000, seconds })
    cost = now
    minutes.push({ ...(await minuteOf(rig, client)), cores: cpu.all, others })
    const minute = minutes.at(-1)!
    const told = Object.entries(minute).map(([what, value]) => `${what} ${rounded(value)}`)
    report(`minute ${minutes.length}: ${told.join(', ')}`)
  }
  await feeding
  return minutes
}

/** At its time, however far the line is. Rejects when something is not taken. */
async function feed({ submitter }: Rig, perSecond: number): Promise<void> {
  const [chunk, chunks] = [Math.round((perSecond * CHUNK_MS) / 1_000), (MINUTES * MINUTE_MS) / CHUNK_MS]
  const began = performance.now()
  let failure: unknown
  for (let n = 0; n < chunks; n += 1) {
    await delay(Math.max(0, began + n * CHUNK_MS - performance.now()))
    if (failure !== undefined) throw failure
    submitter.next('submitted').catch((error: unknown) => (failure ??= error))
    submitter.ask({ kind: 'submit', from: n * chunk, count: chunk })
  }
  if (failure !== undefined) throw failure
}

const SIZES = `SELECT
  (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r')::float8 AS record,
  (SELECT 100.0 * sum(n_dead_tup) / greatest(sum(n_live_tup + n_dead_tup), 1) FROM pg_stat_user_tables)::float8 AS dead,
  (SELECT sum(delta) FROM counters WHERE kind = 'job' AND state = 'completed')::float8 AS kept,
  coalesce((SELECT sum(delta) FROM counters WHERE kind = 'job' AND state = 'archived'), 0)::float8 AS archived`

type Sizes = Pick<Minute, 'record' | 'dead' | 'kept' | 'archived'>

async function sizesOf(client: pg.Client): Promise<Sizes> {
  const { rows } = await client.query<Sizes>(SIZES)
  return rows[0]!
}

async function minuteOf(
  { doneAt, servers, servicePids, workers }: Rig,
  client: pg.Client,
): Promise<Omit<Minute, 'cores' | 'others'>> {
  const took = [...doneAt].map(([id, at]) => at - bornAt(String(id)))
  doneAt.clear()
  const { record, ...sizes } = await sizesOf(client)
  return {
    ...sizes,
    record: record / 1_048_576,
    rate: took.length / (MINUTE_MS / 1_000),
    latency: percentileOf(took, 0.5),
    p99: percentileOf(took, 0.99),
    orchestrator: memoryMb(servicePids[0]!),
    gateway: memoryMb(servicePids[1]!),
    worker: memoryMb(workers[0]!.pid),
    redis: memoryMb(servers.redisPid),
  }
}

/** When a job was accepted: its id is a UUIDv7, which begins with the time. */
const bornAt = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

const first = (minutes: readonly Minute[]): readonly Minute[] =>
  minutes.slice(Math.floor(minutes.length * SETTLED_AFTER), Math.ceil(minutes.length / 3))
const last = (minutes: readonly Minute[]): readonly Minute[] => minutes.slice(-Math.ceil(minutes.length / 6))
const medianIn = (minutes: readonly Minute[], what: keyof Minute): number =>
  rounded(medianOf(minutes.map((minute) => minute[what])))

const growthOf = (minutes: readonly Minute[], pick: (minute: Minute) => number): number =>
  medianOf(last(minutes).map(pick)) / medianOf(first(minutes).map(pick))
