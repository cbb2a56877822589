import pg from 'pg'
import { contenderOf } from '../contenders/index.ts'
import { fillRecord } from '../rig/fill.ts'
import { gatewayIn, type Gateway } from '../rig/gateway.ts'
import { startRig } from '../rig/rig.ts'
import { percentileOf, type Figure, type Measured } from './figure.ts'
import { DEEP, listRequests, type Asked, type Samples } from './list-requests.ts'

const WARM_UP = 5
const REQUESTS = 50
const REQUESTS_OF_VIEWS = 10
const WORST = 5

type Timed = { name: string; isView: boolean; p50: number; p95: number }

/** The slowest kind of request to a record with so many jobs, by its 95th percentile. */
export function listsAt(jobs: number, about: Omit<Figure, 'measure' | 'unit' | 'better'>): Figure {
  return {
    ...about,
    unit: 'ms',
    better: 'less',
    measure: async ({ rounds, report }) => {
      await using rig = await startRig(contenderOf('stageline-http'))
      const gateway = await gatewayIn(rig.folder)
      const { databaseUrl } = rig.servers
      await fillRecord({ databaseUrl, gateway, report }, jobs)
      const results: Timed[][] = []
      for (let round = 1; round <= rounds; round += 1) results.push(await timeLists(gateway, databaseUrl, report))
      return worstOf(results)
    },
  }
}

async function timeLists(gateway: Gateway, databaseUrl: string, report: (line: string) => void): Promise<Timed[]> {
  const samples = await samplesOf(databaseUrl)
  const asked = [
    ...listRequests(samples),
    ...(await Promise.all(DEEP.map((query) => deepPages(gateway, query, samples)))),
  ]
  const timed: Timed[] = []
  for (const one of asked) timed.push(await timeOne(gateway, one))
  timed.sort((a, b) => b.p95 - a.p95)
  for (const { name, p50, p95 } of timed.slice(0, 6 * WORST))
    report(`${name}: p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)} ms`)
  return timed
}

async function timeOne(gateway: Gateway, { path, body, isView = false, ...asked }: Asked): Promise<Timed> {
  const took: number[] = []
  let { name } = asked
  let failed = 0
  for (let n = 0; n < WARM_UP + (isView ? REQUESTS_OF_VIEWS : REQUESTS); n += 1) {
    const began = performance.now()
    await (body === undefined ? gateway.get(path(n)) : gateway.post(path(n), body)).catch(() => (failed += 1))
    if (n >= WARM_UP) took.push(performance.now() - began)
  }
  if (failed > 0) name += ` (${failed} failed)`
  return { name, isView, p50: percentileOf(took, 0.5), p95: percentileOf(took, 0.95) }
}

/** Views sum up thousands of jobs each time: they are told beside the figure. */
function worstOf(rounds: readonly Timed[][]): Measured {
  const lists = rounds.map((round) => round.filter(({ isView }) => !isView))
  const views = rounds.at(-1)!.filter(({ isView }) => isView)
  const told = [...lists.at(-1)!.slice(0, WORST), ...views.slice(0, WORST)]
  return {
    values: lists.map(([first]) => first!.p95),
    notes: {
      'kinds of requests': rounds[0]!.length,
      ...Object.fromEntries(told.map(({ name, p95 }) => [`p95 of ${name}`, Number(p95.toFixed(1))])),
    },
  }
}

/** A page in the middle of a list: the cursor of its first page, moved to some job. */
async function deepPages(gateway: Gateway, query: string, { jobs }: Samples): Promise<Asked> {
  const { next } = (await gateway.get(`/v1/jobs?${query}`)) as { next: string }
  const [, hash] = Buffer.from(next, 'base64url').toString().split('.')
  const cursorAt = (id: string) => Buffer.from(`${id}.${hash}`).toString('base64url')
  return {
    name: `jobs ${query} deep down`,
    path: (n) => `/v1/jobs?${query}&cursor=${cursorAt(jobs[n % jobs.length]!.id)}`,
  }
}

async function samplesOf(databaseUrl: string): Promise<Samples> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'stageline-bench-samples' })
  await client.connect()
  try {
    const rows = async <Row extends object>(text: string) => (await client.query<Row>(text)).rows
    const ids = async (table: string) =>
      (await rows<{ id: string }>(`SELECT id FROM ${table} ORDER BY md5(id::text) LIMIT 60`)).map(({ id }) => id)
    const jobs = await rows<Samples['jobs'][number]>(
      `SELECT id, business_key AS key, batch_id AS batch, created_at AS at FROM jobs TABLESAMPLE SYSTEM (2) WHERE state = 'completed' AND seal IS NOT NULL
        ORDER BY md5(id::text) LIMIT 500`,
    )
    return {
      jobs: jobs.filter(({ at }) => at.getTime() < Date.now() - 3_600_000),
      batches: await ids('batches'),
      tasks: await ids('tasks'),
    }
  } finally {
    await client.end()
  }
}
