import { startLine, waitFor } from '@stageline/testkit'
import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { jobOf, post, query, sample, submitFile, untilState, upload, type Line } from './line.ts'

type Task = {
  id: string
  jobId: string
  step: string
  state: string
  title: string
  cause: string
  evidence: { failure?: { code: string }; reason: string; decision?: { factors: { failedChecks: string[] } } }
  verdict: string | null
  corrections: { path: string; from: unknown; to: unknown }[]
}
type Result = { result: { fields: Record<string, { value: unknown; source: { method: string } }> } | null }

describe('documents', () => {
  let line: Line
  let redis: Redis
  before(async () => {
    line = await startLine()
    redis = new Redis(line.redisUrl)
  })
  after(async () => {
    redis?.disconnect()
    await line?.[Symbol.asyncDispose]()
  })

  const tasksOf = async (job: string): Promise<Task[]> =>
    (await line.json<{ items: Task[] }>(`/v1/tasks?job=${job}`)).items
  const announced = (): Promise<string[]> => redis.lrange(`{${line.prefix}:manual-review}:manual-review:wait`, 0, -1)

  /** Submits a sample and waits for the one task that it ends in. */
  async function suspended(name: string): Promise<{ job: string; task: Task }> {
    const job = await submitFile(line, name)
    await untilState(line, job, ['suspended'])
    const tasks = await tasksOf(job)
    assert.equal(tasks.length, 1, JSON.stringify(tasks))
    return { job, task: tasks[0]! }
  }

  const resolve = async (task: Task, verdict: object): Promise<void> => {
    const answer = await line.call(`/v1/tasks/${task.id}:resolve`, post(verdict))
    assert.equal(answer.status, 200, await answer.text())
  }

  it('that are empty or of no known kind are refused, and nothing is stored', async () => {
    const empty = await upload(line, { name: 'zero-bytes.pdf', bytes: await sample('zero-bytes.pdf') })
    const archive = await upload(line, { name: 'invoice.pdf', bytes: await sample('not-a-document.zip') })

    assert.deepEqual([empty.status, await codeOf(empty)], [422, 'document.empty'])
    assert.deepEqual([archive.status, await codeOf(archive)], [415, 'document.unsupported_type'])
    const [stored] = await query<{ jobs: number; blobs: number }>(
      line,
      'SELECT (SELECT count(*)::int FROM jobs) AS jobs, (SELECT count(*)::int FROM blobs) AS blobs',
    )
    assert.deepEqual(stored, { jobs: 0, blobs: 0 })
    assert.deepEqual(await filesIn(join(line.folder, 'blobs')), [])
  })

  it('are read by their content, whatever they are called', async () => {
    const job = await submitFile(line, 'really-a-pdf.txt')

    await untilState(line, job, ['completed'])

    const { result } = await line.json<Result>(`/v1/jobs/${job}/result`)
    assert.equal(result?.fields['invoice_number']?.value, 'F-2026-0343')
  })

  for (const [name, code] of [
    ['truncated.jpg', 'document.unreadable'],
    ['encrypted.pdf', 'document.encrypted'],
  ] as const) {
    it(`that cannot be read open one task that names the code, and a message for people: ${name}`, async () => {
      const { job, task } = await suspended(name)

      assert.deepEqual([task.cause, task.evidence.failure?.code], ['invalid_data', code])
      assert.deepEqual(await attempts(job), [['classification', 'suspended', 1]])
      await waitFor(async () => (await announced()).includes(`task-${task.id}`), { message: 'the message for people' })
    })
  }

  it('with one cent planted in a total open a task that names the check', async () => {
    const { task } = await suspended('invoice-one-cent.pdf')

    assert.deepEqual(task.evidence.decision?.factors.failedChecks, ['net_plus_tax_is_total'])
    assert.match(task.evidence.reason, /net_plus_tax_is_total/)
  })

  it('are worked again with what a person corrected: retry', async () => {
    const { job, task } = await suspended('invoice-one-cent.pdf')

    await resolve(task, {
      verdict: 'retry',
      reason: 'The printed sum is wrong',
      // A number of its own: this test must not depend on who has used the sample's before.
      fields: { gross_total: '320.96', due_amount: '320.96', invoice_number: 'SST-20431-R' },
    })
    await untilState(line, job, ['completed'])

    const { result } = await line.json<Result>(`/v1/jobs/${job}/result`)
    assert.deepEqual(result?.fields['gross_total'], {
      value: '320.96',
      confidence: 1,
      source: { method: 'person' },
    })
    const [settled] = await tasksOf(job)
    assert.deepEqual([settled?.state, settled?.verdict], ['completed', 'retry'])
    const total = settled?.corrections.find(({ path }) => path === '/fields/gross_total/value')
    assert.deepEqual([total?.from, total?.to], ['320.97', '320.96'])
    // A round of the orchestrator that read the task while it was open may announce it once more, until the next round.
    await waitFor(async () => !(await announced()).includes(`task-${task.id}`), {
      message: 'the message to be withdrawn',
    })
  })

  it('end with what a person vouches for: accept', async () => {
    const { job, task } = await suspended('invoice-one-cent.pdf')

    await resolve(task, { verdict: 'accept', reason: 'Agreed with the seller' })
    await untilState(line, job, ['completed'])

    const { result } = await line.json<Result>(`/v1/jobs/${job}/result`)
    assert.equal(result?.fields['gross_total']?.value, '320.97')
    assert.equal((await tasksOf(job))[0]?.verdict, 'accept')
  })

  it('go on without a step, or end, as a person says: skip and discard', async () => {
    const one = await suspended('invoice-one-cent.pdf')
    const other = await suspended('truncated.jpg')

    await resolve(one.task, { verdict: 'skip', reason: 'Nobody needs the score' })
    await resolve(other.task, { verdict: 'discard', reason: 'Sent by mistake' })

    await untilState(line, one.job, ['completed'])
    await untilState(line, other.job, ['cancelled'])
    assert.equal((await jobOf(line, one.job)).steps.at(-1)?.state, 'skipped')
    await waitFor(
      async () => !(await announced()).some((id) => [one, other].some(({ task }) => id.includes(task.id))),
      {
        message: 'both messages to be withdrawn',
      },
    )
  })

  it('sent twice under one Idempotency-Key are one job', async () => {
    const headers = { 'idempotency-key': 'upload-1' }
    const bytes = await sample('ubl-invoice.xml')

    const first = await upload(line, { name: 'ubl.xml', bytes, headers })
    const again = await upload(line, { name: 'ubl.xml', bytes, headers })
    const other = await upload(line, { name: 'ubl.xml', bytes: await sample('cii-invoice.xml'), headers })

    const [one, two] = (await Promise.all([first.json(), again.json()])) as [{ id: string }, { id: string }]
    assert.deepEqual([first.status, again.status, two.id], [202, 200, one.id])
    assert.deepEqual([other.status, await codeOf(other)], [422, 'idempotency.other_body'])
  })

  const attempts = async (job: string) =>
    (await jobOf(line, job)).steps
      .filter(({ state }) => state !== 'pending')
      .map(({ key, state, attempt }) => [key, state, attempt])
})

const codeOf = async (answer: Response): Promise<unknown> => ((await answer.json()) as { code: unknown }).code

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
