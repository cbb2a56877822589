import { createHash } from 'node:crypto'
import type { Member } from './member.ts'
import type { Recorder } from './recorder.ts'
import type { DrawnJob } from './job-mix.ts'

/** Somebody who owns jobs: its key signs requests, its marker stands in every payload. */
export type Tenant = { id: string; apiKey: string; marker: string }

/** A job as it is sent, perhaps more than once: the key stays. */
export type Submission = { tenant: Tenant; key: string; job: DrawnJob }

/** `again`: nobody knows, or it was refused for now; the same key may be sent again. */
export type Outcome = 'accepted' | 'refused' | 'again'

const WITHIN_MS = 10_000
/** Not now: the client is asked to come back. */
const COME_BACK = new Set([408, 409, 425, 429, 500, 502, 503, 504])

export type Submitter = {
  single(submission: Submission): Promise<Outcome>
  /** One request for all, which belong to one tenant; an outcome for each. */
  bulk(submissions: readonly Submission[]): Promise<Outcome[]>
  /** How long the last answer asked to wait before this is sent again, ms; 0 where it did not. */
  askedToWaitMs(submission: Submission): number
  /** Refreshes which gateways are asked. */
  look(): Promise<void>
}

/**
 * Sends to the gateways that say they are ready, in turn, and notes each answer before anything else happens. One that
 * breaks a connection is left alone until the next look, as a balancer does.
 */
export function createSubmitter(gateways: readonly Member[], recorder: Recorder): Submitter {
  let ready: readonly Member[] = gateways
  let turn = 0
  const next = () => {
    turn += 1
    return ready[turn % ready.length]!
  }
  const avoid = (silent: Member) => {
    const others = ready.filter((one) => one !== silent)
    if (others.length > 0) ready = others
  }

  const waits = new WeakMap<Submission, number>()
  const heed = (submissions: readonly Submission[], answer: Response) => {
    const waitMs = Number(answer.headers.get('retry-after') ?? 0) * 1_000
    for (const one of submissions) waits.set(one, waitMs)
  }

  const note = ({ tenant, key, job }: Submission, status: number | undefined, jobId?: string): Outcome => {
    const about = { at: new Date().toISOString(), tenant: tenant.id, key }
    if (status === undefined) recorder.write({ kind: 'unknown', ...about })
    else if (jobId !== undefined && status < 300) {
      const { expect, body } = job
      const { workflow } = body
      const fingerprint = createHash('sha256').update(JSON.stringify(body)).digest('hex')
      recorder.write({ kind: 'accepted', ...about, jobId, workflow, fingerprint, expect, marker: tenant.marker })
      return 'accepted'
    } else recorder.write({ kind: 'refused', ...about, status })
    return status === undefined || COME_BACK.has(status) ? 'again' : 'refused'
  }

  const single = async (submission: Submission): Promise<Outcome> => {
    const { tenant, key, job } = submission
    const gateway = next()
    try {
      const answer = await fetch(`${addressOf(gateway)}/v1/jobs`, {
        method: 'POST',
        headers: { ...signed(tenant), 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(job.body),
        signal: AbortSignal.timeout(WITHIN_MS),
      })
      heed([submission], answer)
      const { id } = (await answer.json()) as { id?: string }
      return note(submission, answer.status, id)
    } catch {
      avoid(gateway)
      return note(submission, undefined)
    }
  }

  const bulk = async (submissions: readonly Submission[]): Promise<Outcome[]> => {
    const outcomes: Outcome[] = []
    const gateway = next()
    try {
      const answer = await fetch(`${addressOf(gateway)}/v1/jobs:bulk`, {
        method: 'POST',
        headers: { ...signed(submissions[0]!.tenant), 'content-type': 'application/x-ndjson' },
        body: submissions.map(({ key, job }) => JSON.stringify({ ...job.body, idempotencyKey: key })).join('\n'),
        signal: AbortSignal.timeout(WITHIN_MS),
      })
      heed(submissions, answer)
      if (!answer.ok) return submissions.map((one) => note(one, answer.status))
      for (const text of (await answer.text()).split('\n').filter((line) => line !== '')) {
        const { line, status, id } = JSON.parse(text) as { line: number; status: number; id?: string }
        outcomes[line - 1] = note(submissions[line - 1]!, status, id)
      }
    } catch {
      // Lines without an answer are noted below.
      avoid(gateway)
    }
    return submissions.map((one, i) => outcomes[i] ?? note(one, undefined))
  }

  return {
    single,
    bulk,
    askedToWaitMs: (submission) => waits.get(submission) ?? 0,
    look: async () => {
      const answers = await Promise.all(gateways.map((gateway) => gateway.isReady()))
      const now = gateways.filter((_, i) => answers[i])
      ready = now.length > 0 ? now : gateways
    },
  }
}

const addressOf = ({ port }: Member): string => `http://127.0.0.1:${port}`
const signed = ({ apiKey }: Tenant) => ({ authorization: `Bearer ${apiKey}` })
