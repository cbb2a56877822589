/** `pnpm bench:scale`: needs of large numbers of jobs, from measured ones. `simulate.help.txt` is its help. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { needsOf, type Limits, type Measured, type Need } from './scaling.ts'

const Cost = z.number().nonnegative()
const MeasuredFile = z.object({
  cpuSecondsPer1000: z.object({ intake: Cost, worker: Cost, orchestrator: Cost, postgres: Cost, redis: Cost }),
  variation: Cost,
  bytesPerJob: z.object({ record: Cost, wal: Cost, waitingInRedis: Cost }),
})
const BenchFile = z.object({
  results: z.array(z.object({ name: z.string(), notes: z.record(z.string(), z.unknown()).optional() })),
})
const CpuNotes = z.object({ 'of it worker': Cost, submitter: Cost, services: Cost, Postgres: Cost, Redis: Cost })

/** Of one server of each kind, larger than which few are. */
const LIMITS: Limits = {
  postgresCores: 32,
  walBytesPerSecond: 200e6,
  recordBytes: 8e12,
  redisCores: 1,
  redisBytes: 16e9,
}
const NAMES: Record<keyof Limits, string> = {
  postgresCores: 'Postgres processors',
  walBytesPerSecond: 'Postgres log',
  recordBytes: 'Postgres storage',
  redisCores: 'Redis processor',
  redisBytes: 'Redis memory',
}
const MILLIONS = [1, 10, 100, 1_000]

function main(args: string[]): void {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', default: false },
      measured: { type: 'string' },
      jobs: { type: 'string', multiple: true, default: MILLIONS.map((millions) => String(millions * 1e6)) },
      peak: { type: 'string', default: '2' },
      days: { type: 'string', default: '7' },
      work: { type: 'string', default: '0' },
    },
  })
  if (values.help) return console.log(readFileSync(join(import.meta.dirname, 'simulate.help.txt'), 'utf8').trimEnd())
  const measured = withWork(measuredIn(values.measured), numberOf('work', values.work, 0))
  const assumed = {
    peak: numberOf('peak', values.peak, 1),
    utilisation: 0.7,
    retentionDays: numberOf('days', values.days, 0),
    standstillHours: 1,
  }
  const needs = values.jobs.map((jobs) => needsOf(numberOf('jobs', jobs, 1), measured, LIMITS, assumed))
  console.log(tableOf(needs))
}

const OWN = join(import.meta.dirname, 'measured.json')

function measuredIn(file = OWN): Measured {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const bench = BenchFile.safeParse(content)
  if (!bench.success) return MeasuredFile.parse(content)
  const cpu = bench.data.results.find(({ name }) => name === 'cpu')
  if (!cpu) throw new Error(`${file} has no figure "cpu": write it with pnpm bench --only cpu --json ${file}`)
  const { 'of it worker': worker, submitter, services, Postgres, Redis } = CpuNotes.parse(cpu.notes)
  const cpuSecondsPer1000 = { intake: submitter, worker, orchestrator: services, postgres: Postgres, redis: Redis }
  return { ...measuredIn(), cpuSecondsPer1000 }
}

/** ms a job are seconds a thousand jobs. */
const withWork = (measured: Measured, workMs: number): Measured => ({
  ...measured,
  cpuSecondsPer1000: { ...measured.cpuSecondsPer1000, worker: measured.cpuSecondsPer1000.worker + workMs },
})

function numberOf(option: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < least) throw new Error(`--${option} wants a number from ${least} on`)
  return value
}

function tableOf(needs: readonly Need[]): string {
  const rows: [string, (need: Need) => string][] = [
    ['jobs a second at the peak', (need) => shown(need.peakPerSecond)],
    ['worker processes', (need) => String(need.workers)],
    ['processes that take in', (need) => String(need.intakes)],
    ['orchestrators', (need) => String(need.orchestrators)],
    ['a worker is busy at the peak', (need) => `${Math.round(need.utilisation * 100)} %`],
    ['wait for a free worker, ms', (need) => shown(need.waitMs)],
    ['longest wait with workers for 1.1 times the mean, h', (need) => shown(need.delayHours)],
    ['Postgres processors', (need) => shown(need.postgresCores)],
    ['Postgres log, MB/s', (need) => shown(need.walBytesPerSecond / 1e6)],
    ['Postgres storage, GB', (need) => shown(need.recordBytes / 1e9)],
    ['Redis processors', (need) => shown(need.redisCores)],
    ['Redis memory after an hour of standstill, GB', (need) => shown(need.redisBytes / 1e9)],
    ['binds first', (need) => NAMES[need.binds]],
    ['of what one server has', (need) => `${shown(need.shares[need.binds] * 100)} %`],
  ]
  const head = `| jobs a day | ${needs.map(({ jobsPerDay }) => jobsPerDay.toLocaleString('en')).join(' | ')} |`
  const body = rows.map(([name, show]) => `| ${name} | ${needs.map(show).join(' | ')} |`)
  return [head, `|---|${needs.map(() => '---:').join('|')}|`, ...body].join('\n')
}

const shown = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2)))

try {
  main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
