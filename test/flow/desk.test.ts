import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { jobOf, post, submitFile, untilState, type Line } from './line.ts'

type Task = { id: string; state: string; verdict: string | null; verdictBy: string | null }
type Entry = { event: string; from: string | null; to: string; actor: string }

describe('what people do at their desk', () => {
  let line: Line
  before(async () => void (line = await startLine()))
  after(() => line?.[Symbol.asyncDispose]())

  const call = async <Body>(path: string, body: object = {}) => {
    const answer = await line.call(path, post(body))
    return { status: answer.status, body: (await answer.json()) as Body & { code?: string } }
  }
  const historyOf = async (path: string) => (await line.json<{ items: Entry[] }>(`${path}/history`)).items

  /** A job that waits for a person, and its task. */
  async function doubtful(): Promise<{ job: string; task: string }> {
    const job = await submitFile(line, 'truncated.jpg')
    await untilState(line, job, ['suspended'])
    const { openTasks } = await line.json<{ openTasks: string[] }>(`/v1/jobs/${job}`)
    return { job, task: openTasks[0]! }
  }

  it('of reviewers who settle a task at once one has decided, and the job knows one verdict', async () => {
    const { job, task } = await doubtful()
    const output = { kind: 'other', confidence: 1, probabilities: { other: 1 } }
    const verdicts = [{ verdict: 'discard' }, { verdict: 'skip' }, { verdict: 'accept', output }, { verdict: 'retry' }]

    const answers = await Promise.all(verdicts.map((verdict) => call<Task>(`/v1/tasks/${task}:resolve`, verdict)))

    const won = answers.findIndex(({ status }) => status === 200)
    assert.deepEqual(
      answers.map(({ status }) => String(status)).toSorted(),
      ['200', '409', '409', '409'],
      JSON.stringify(answers),
    )
    const settled = await line.json<Task>(`/v1/tasks/${task}`)
    assert.deepEqual([settled.state, settled.verdict], ['completed', verdicts[won]!.verdict])
    const decided = (await historyOf(`/v1/jobs/${job}`)).filter(({ event }) => event === 'verdict')
    assert.equal(decided.length, 1)
    assert.deepEqual(
      (await historyOf(`/v1/tasks/${task}`)).map(({ event, from, to }) => [event, from, to]),
      [
        ['opened', null, 'new'],
        ['begun', 'new', 'in_progress'],
        ['settled', 'in_progress', 'completed'],
      ],
    )
  })

  it('what a reviewer corrects is told as training data, with what stood there', async () => {
    const { job, task } = await doubtful()
    const output = { kind: 'other', confidence: 1, probabilities: { other: 1 } }
    await call(`/v1/tasks/${task}:resolve`, { verdict: 'accept', output, reason: 'Seen on paper' })

    const corrections = async () => {
      const text = await (await line.call('/v1/corrections')).text()
      const lines = text.split('\n').filter((one) => one !== '')
      return lines.map((one) => JSON.parse(one) as Record<string, unknown>).filter((one) => one['taskId'] === task)
    }
    await waitFor(async () => (await corrections()).length > 0)

    const { jobId, workflow, step, who, why } = (await corrections())[0]!
    assert.deepEqual([jobId, workflow, step, who, why], [job, 'document', 'classification', 'test', 'Seen on paper'])
  })

  it('an own task goes its way beside a job, which does not wait for it', async () => {
    const { job } = await doubtful()
    const { body } = await call<Task>('/v1/tasks', { type: 'assessment', title: 'Ask the sender', jobId: job })
    const at = `/v1/tasks/${body.id}`
    const early = await call(`${at}:transition`, { to: 'completed' })
    await call(`${at}:transition`, { to: 'in_progress' })
    await call(`${at}:comment`, { text: 'No answer yet' })
    const done = await call<Task>(`${at}:transition`, { to: 'completed', reason: 'They sent it again' })

    assert.deepEqual([early.status, early.body.code], [409, 'invalid_transition'])
    assert.deepEqual([done.body.state, done.body.verdictBy], ['completed', 'test'])
    assert.deepEqual(
      (await historyOf(at)).map(({ event, to }) => [event, to]),
      [
        ['opened', 'new'],
        ['moved', 'in_progress'],
        ['commented', 'in_progress'],
        ['settled', 'completed'],
      ],
    )
    assert.equal((await jobOf(line, job)).state, 'suspended')
  })

  it('a plan takes its tasks with it when it is archived', async () => {
    const { body: plan } = await call<Task>('/v1/plans', { title: 'Bring in the vendor' })
    const { body: task } = await call<Task>('/v1/tasks', { type: 'intake', title: 'Read the form', planId: plan.id })
    await call(`/v1/plans/${plan.id}:activate`)

    const archived = await call(`/v1/plans/${plan.id}:archive`, { cancelOpenTasks: true })
    const again = await call(`/v1/plans/${plan.id}:activate`)

    assert.deepEqual([archived.status, again.status, again.body.code], [200, 409, 'invalid_transition'])
    const { items } = await line.json<{ items: Task[] }>(`/v1/tasks?plan=${plan.id}`)
    assert.deepEqual(
      items.map(({ id, state }) => [id, state]),
      [[task.id, 'cancelled']],
    )
  })

  it('a lease that nobody renews ends by itself', async () => {
    const { body } = await call<Task>('/v1/tasks', { type: 'intake', title: 'T' })
    await call(`/v1/tasks/${body.id}:claim`, { leaseMs: 1_000 })

    const told = () => historyOf(`/v1/tasks/${body.id}`)
    const hasEnded = async () => (await told()).at(-1)?.event === 'lease_expired'
    await waitFor(hasEnded, { timeoutMs: 15_000, message: 'the lease to end' })

    assert.deepEqual(
      (await told()).map(({ event, actor }) => [event, actor]),
      [
        ['opened', 'test'],
        ['claimed', 'test'],
        ['lease_expired', 'stageline'],
      ],
    )
  })
})
