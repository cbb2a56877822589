import { waitFor } from '@stageline/testkit'
import { performance } from 'node:perf_hooks'
import { insist, insistInBulk } from './insist.ts'
import { drawJob, MIX, ownJob, type DrawnJob, type JobMix, type OwnJob } from './job-mix.ts'
import type { Random } from './random.ts'
import type { Outcome, Submission, Submitter, Tenant } from './submitter.ts'

export type LoadSettings = {
  /** Jobs a second, whatever becomes of them: an open loop. */
  ratePerS: number
  mix?: JobMix
  /** How long each step of each job takes. */
  slowMs?: number
  /** Share of the jobs that travel in bulk requests; default 0.5. */
  bulk?: number
  /** Share of accepted jobs that are sent once more; default 0.05. */
  repeats?: number
  /** Share whose key is sent once more with another body; default 0.01. */
  conflicts?: number
}

export type LoadCounts = {
  /** Different jobs that were sent. */
  sent: number
  /** Of these: accepted, at once or later. */
  accepted: number
  acceptedAtOnce: number
  refused: number
  /** How long single submissions took to be answered, ms. */
  answerMs: number[]
}

export type Load = {
  /** Begins, or goes on with other settings. */
  start(settings: LoadSettings): void
  /** No new jobs; what is unclear is still asked for. */
  stop(): void
  counts(): LoadCounts
  /** Jobs a second that it submits just now. */
  ratePerS(): number
  /** Sends jobs of a scenario's own in one request besides, and again until they are answered; returns their keys. */
  send(jobs: readonly OwnJob[]): Promise<string[]>
  /** Waits until every job that was sent is accepted or refused for good. */
  settled(timeoutMs: number): Promise<void>
}

const TICK_MS = 100

/** Submits at a rate, open loop, and asks again with the same key for what was not answered. */
export function createLoad({
  submitter,
  tenants,
  sink,
  random,
  runId,
}: {
  submitter: Submitter
  tenants: readonly Tenant[]
  sink: string
  random: Random
  /** Begins all keys, so that runs on one database do not meet. */
  runId: string
}): Load & AsyncDisposable {
  const counts: LoadCounts = { sent: 0, accepted: 0, acceptedAtOnce: 0, refused: 0, answerMs: [] }
  let settings: LoadSettings | undefined
  let timer: NodeJS.Timeout | undefined
  let begun = { at: 0, sent: 0 }
  let pending = 0
  let closed = false

  const conclude = (outcome: Outcome) => {
    pending -= 1
    if (outcome === 'accepted') counts.accepted += 1
    else counts.refused += 1
  }
  const insisting = { submitter, random, isOver: () => closed }
  const ask = (submission: Submission, first: Outcome) => void insist(submission, insisting, first).then(conclude)

  const enlist = (tenant: Tenant, job: DrawnJob): Submission => {
    counts.sent += 1
    pending += 1
    return { tenant, key: `${runId}-${counts.sent}`, job }
  }
  const draw = ({ mix = MIX, slowMs = 0 }: LoadSettings, tenant: Tenant): Submission =>
    enlist(tenant, drawJob(random, { mix, marker: tenant.marker, sink, slowMs }))

  const sendSingle = async (submission: Submission, now: LoadSettings) => {
    const at = performance.now()
    const first = await submitter.single(submission)
    counts.answerMs.push(performance.now() - at)
    if (first === 'accepted') {
      counts.acceptedAtOnce += 1
      if (random.chance(now.repeats ?? 0.05)) await insist(submission, insisting)
      if (random.chance(now.conflicts ?? 0.01)) await insist(conflicting(submission), insisting)
    }
    ask(submission, first)
  }
  const sendBulk = async (submissions: readonly Submission[]) => {
    const outcomes = await submitter.bulk(submissions)
    counts.acceptedAtOnce += outcomes.filter((outcome) => outcome === 'accepted').length
    await insistInBulk(submissions, insisting, (_, outcome) => conclude(outcome), outcomes)
  }

  const tick = () => {
    if (!settings) return
    const now = settings
    const due = Math.floor(((performance.now() - begun.at) / 1_000) * now.ratePerS) - (counts.sent - begun.sent)
    if (due <= 0) return
    const tenant = random.pick(tenants)
    const drawn = Array.from({ length: due }, () => draw(now, tenant))
    if (random.chance(now.bulk ?? 0.5)) void sendBulk(drawn)
    else for (const submission of drawn) void sendSingle(submission, now)
  }
  const looking = setInterval(() => void submitter.look(), 500)

  return {
    start: (next) => {
      settings = next
      begun = { at: performance.now(), sent: counts.sent }
      timer ??= setInterval(tick, TICK_MS)
    },
    stop: () => void (settings = undefined),
    counts: () => ({ ...counts, answerMs: [...counts.answerMs] }),
    ratePerS: () => settings?.ratePerS ?? 0,
    send: async (jobs) => {
      const [tenant] = tenants
      const submissions = jobs.map((job) => enlist(tenant!, ownJob(job, tenant!.marker)))
      // They come on top of the pace.
      begun.sent += jobs.length
      await sendBulk(submissions)
      return submissions.map(({ key }) => key)
    },
    settled: async (timeoutMs) =>
      void (await waitFor(() => pending === 0, { timeoutMs, message: 'every submission to be answered' })),
    [Symbol.asyncDispose]: async () => {
      closed = true
      settings = undefined
      clearInterval(timer)
      clearInterval(looking)
      await waitFor(() => pending === 0, { timeoutMs: 15_000, message: 'requests under way to end' })
    },
  }
}

function conflicting({ tenant, key, job }: Submission): Submission {
  const { body } = job
  return { tenant, key, job: { ...job, body: { ...body, input: { ...body.input, script: { other: {} } } } } }
}
