import { request, Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { PARKED } from '../contenders/stageline.ts'
import { contenderOf } from '../contenders/index.ts'
import { memoryMb } from '../rig/cost.ts'
import { gatewayIn, type Gateway } from '../rig/gateway.ts'
import { startRig, type Rig } from '../rig/rig.ts'
import { itemOf } from '../rig/workload.ts'
import { percentileOf, type Figure } from './figure.ts'

const LISTENERS = 1_000
/** Each follows one batch, as do others. */
const OF_A_BATCH = 10
const A_SECOND = 500
const SECONDS = 30
/** Commits of one event each go on beside each other. */
const WRITERS = 4
/** How long after the last event it may still come. */
const LATE_MS = 3_000

type Heard = { count: number; took: number[] }

/** How long after its time an event reaches those who follow it, by its 99th percentile. */
export function eventsTo(about: Omit<Figure, 'measure' | 'unit' | 'better'>): Figure {
  return {
    ...about,
    unit: 'ms',
    better: 'less',
    measure: async ({ rounds, report }) => {
      await using rig = await startRig(contenderOf('stageline-http'))
      const gateway = await gatewayIn(rig.folder)
      const jobs = await parkJobs(gateway, rig.servers.databaseUrl)
      await using heard = await listen(
        gateway,
        jobs.map(({ batch }) => batch),
      )
      report(`${LISTENERS} listeners`)
      const values: number[] = []
      const notes: Record<string, string | number> = {}
      for (let round = 1; round <= rounds; round += 1)
        values.push(await follow(rig, { heard, jobs, notes, report, round }))
      return { values, notes }
    },
  }
}

type Followed = {
  heard: Heard
  jobs: readonly Parked[]
  notes: Record<string, string | number>
  report: (line: string) => void
  round: number
}

async function follow(rig: Rig, { heard, jobs, notes, report, round }: Followed): Promise<number> {
  const gatewayPid = rig.servicePids[1]!
  const [count, before] = [heard.count, rig.cost()]
  heard.took = []
  const memory: number[] = []
  const watching = Promise.all(
    [2, 10, 20, SECONDS].map((at) => delay(at * 1_000).then(() => memory.push(memoryMb(gatewayPid)))),
  )
  const sent = await happen(rig.servers.databaseUrl, jobs, round)
  await watching
  await delay(LATE_MS)
  const after = rig.cost()
  const [p50, p99] = [percentileOf(heard.took, 0.5), percentileOf(heard.took, 0.99)]
  const came = heard.count - count
  if (came !== sent * OF_A_BATCH) throw new Error(`${sent} events to ${OF_A_BATCH} each came ${came} times`)
  report(`round ${round}: ${sent} events, p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)} ms`)
  Object.assign(notes, {
    'events a second': Math.round(sent / SECONDS),
    'p50, ms': Math.round(p50),
    'most, ms': Math.round(percentileOf(heard.took, 1)),
    'memory of the gateway at 2, 10, 20 and 30 s, MB': memory.map(Math.round).join(', '),
    'cores of the services': Number(((after.services - before.services) / SECONDS).toFixed(2)),
    'cores of Postgres': Number(((after.postgres - before.postgres) / SECONDS).toFixed(2)),
  })
  return p99
}

type Parked = { id: string; batch: string; tenant: string; seq: number }

/** A batch of one job each. */
async function parkJobs({ url, headers }: Gateway, databaseUrl: string): Promise<Parked[]> {
  for (let n = 0; n < LISTENERS / OF_A_BATCH; n += 1) {
    const answer = await fetch(`${url}/v1/jobs:bulk`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
      body: `${JSON.stringify({ workflow: PARKED, input: itemOf(n) })}\n`,
    })
    if (!answer.ok) throw new Error(`A batch is answered with ${answer.status}: ${await answer.text()}`)
    await answer.text()
  }
  const client = await connect(databaseUrl)
  try {
    const { rows } = await client.query<Parked>(
      'SELECT id, batch_id AS batch, tenant_id AS tenant, seq FROM jobs WHERE workflow = $1 AND batch_id IS NOT NULL',
      [PARKED],
    )
    return rows
  } finally {
    await client.end()
  }
}

async function listen({ url, headers }: Gateway, batches: readonly string[]): Promise<Heard & AsyncDisposable> {
  const agent = new Agent({ keepAlive: true, maxSockets: LISTENERS })
  const heard: Heard = { count: 0, took: [] }
  const open = (batch: string) =>
    new Promise<void>((ready, fail) => {
      const asked = request(`${url}/v1/events?batch=${batch}`, { headers, agent }, (answer) => {
        if (answer.statusCode !== 200) return fail(new Error(`A stream is answered with ${answer.statusCode}`))
        answer.setEncoding('utf8').on('data', hear(heard))
        answer.on('error', () => undefined)
        ready()
      })
      asked.on('error', fail).end()
    })
  for (let n = 0; n < LISTENERS; n += 50)
    await Promise.all(Array.from({ length: 50 }, (_, i) => open(batches[(n + i) % batches.length]!)))
  return Object.assign(heard, { [Symbol.asyncDispose]: async () => agent.destroy() })
}

/** Whole events of a stream; what is left waits for the next chunk. */
function hear(heard: Heard): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const now = performance.timeOrigin + performance.now()
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop()!
    for (const part of parts) {
      const at = /"at":"([^"]+)"/.exec(part)?.[1]
      if (at === undefined) continue
      heard.count += 1
      heard.took.push(now - Date.parse(at))
    }
  }
}

/**
 * Entries as the line writes them, each in a commit of its own, evenly over the time and the jobs. Their time is that of
 * the database, which is this machine's.
 */
async function happen(databaseUrl: string, jobs: readonly Parked[], round: number): Promise<number> {
  const total = A_SECOND * SECONDS
  const began = performance.now()
  const write = async (writer: number) => {
    const client = await connect(databaseUrl)
    try {
      for (let n = writer; n < total; n += WRITERS) {
        const wait = began + (n * 1_000) / A_SECOND - performance.now()
        if (wait > 0) await delay(wait)
        const { id, tenant, seq } = jobs[n % jobs.length]!
        const next = seq + 1 + (round - 1) * total + Math.floor(n / jobs.length)
        await client.query({
          name: 'happen',
          text: `INSERT INTO history (tenant_id, job_id, seq, at, event, step, stage, attempt, path, times, job_from, job_to, actor)
            VALUES ($1, $2, $3, stageline_now(), 'step', 'parked', $4, 1, '{}', '{}', 'queued', 'queued', 'bench')`,
          values: [tenant, id, next, PARKED],
        })
      }
    } finally {
      await client.end()
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
  return total
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'stageline-bench-events' })
  await client.connect()
  return client
}
