import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { jobOf, partRecord, post, submit, submitFile, untilState, type HistoryAnswer, type Line } from './line.ts'

type Stage = { stage: string; paused: boolean; pauseReason: string | null; pausedBy: string | null }

/** Much longer than a step that nobody holds stays queued. */
const HELD_MS = 800

describe('what people do to jobs and stages', () => {
  let line: Line
  before(async () => void (line = await startLine()))
  after(() => line?.[Symbol.asyncDispose]())

  const act = async (job: string, action: string, body: object = {}) => {
    const answer = await line.call(`/v1/jobs/${job}:${action}`, post(body))
    return { status: answer.status, location: answer.headers.get('location'), body: (await answer.json()) as object }
  }
  const stepStates = async (job: string) =>
    Object.fromEntries((await jobOf(line, job)).steps.map(({ key, state }) => [key, state]))
  const eventsOf = async (job: string) => (await line.json<HistoryAnswer>(`/v1/jobs/${job}/history`)).items

  /** Pauses a stage until it is resumed or disposed. */
  async function paused(stage: string) {
    const answer = await line.call(`/v1/stages/${stage}:pause`, post({ reason: 'The model is being replaced' }))
    assert.equal(answer.status, 200)
    const resume = () => line.call(`/v1/stages/${stage}:resume`, post({}))
    return { resume, [Symbol.asyncDispose]: async () => void (await resume()) }
  }

  /** A record that stays before a paused stage; its workers hear of the pause within a second and may take some before. */
  async function held(stage: string): Promise<string> {
    const job = await submit(line, partRecord(Math.random()))
    let since = Infinity
    const outcome = await waitFor(
      async () => {
        const state = (await stepStates(job))[stage]
        since = state === 'queued' ? Math.min(since, performance.now()) : Infinity
        if (state === 'completed') return 'gone'
        return performance.now() - since > HELD_MS ? 'held' : undefined
      },
      { timeoutMs: 15_000, message: `a record to stand before ${stage}` },
    )
    return outcome === 'held' ? job : held(stage)
  }

  it('a paused stage holds its steps, says why, and goes on when resumed', async () => {
    await using pause = await paused('enrichment')
    const job = await held('enrichment')

    const { items } = await line.json<{ items: Stage[] }>('/v1/stages')
    const shown = items.find(({ stage }) => stage === 'enrichment')
    assert.deepEqual(
      [shown?.paused, shown?.pauseReason, shown?.pausedBy],
      [true, 'The model is being replaced', 'test'],
    )
    assert.equal((await stepStates(job))['enrichment'], 'queued')

    await pause.resume()
    await untilState(line, job, ['completed'])
  })

  it('a cancelled job ends at once, and no stage works it any more', async () => {
    await using pause = await paused('extraction')
    const job = await held('extraction')

    const cancelled = await act(job, 'cancel', { reason: 'Sent twice' })
    const again = await act(job, 'cancel')
    await pause.resume()
    await untilState(line, await submit(line, partRecord(50)), ['completed'])

    assert.deepEqual([cancelled.status, again.status], [200, 409])
    assert.deepEqual(await stepStates(job), {
      classification: 'completed',
      extraction: 'cancelled',
      enrichment: 'cancelled',
      scoring: 'cancelled',
    })
    const entry = (await eventsOf(job)).find(({ event }) => event === 'cancelled')
    assert.equal(entry?.actor, 'test')
  })

  it('a suspended job waits for a person with one task, and :retry sends it on', async () => {
    await using pause = await paused('extraction')
    const job = await held('extraction')

    assert.equal((await act(job, 'suspend', { reason: 'The sender looks wrong' })).status, 200)
    await pause.resume()
    await untilState(line, job, ['suspended'])
    const { openTasks } = await line.json<{ openTasks: string[] }>(`/v1/jobs/${job}`)
    assert.equal(openTasks.length, 1)
    assert.equal((await act(job, 'retry', { reason: 'It is right after all' })).status, 200)

    await untilState(line, job, ['completed'])
    const task = await line.json<{ state: string }>(`/v1/tasks/${openTasks[0]}`)
    assert.notEqual(task.state, 'new')
  })

  it(':advance completes a step by hand, and the rest goes on with what was given', async () => {
    const job = await submitFile(line, 'truncated.jpg')
    await untilState(line, job, ['suspended'])
    const refused = await act(job, 'advance', { step: 'classification', output: { kind: 'no such kind' } })

    const taken = await act(job, 'advance', {
      step: 'classification',
      output: { kind: 'other', confidence: 1, probabilities: { other: 1 } },
      reason: 'Seen on paper',
    })

    assert.equal(refused.status, 422, JSON.stringify(refused.body))
    assert.equal(taken.status, 200, JSON.stringify(taken.body))
    await waitFor(async () => (await stepStates(job))['extraction'] !== 'pending')
    assert.equal((await stepStates(job))['classification'], 'completed')
    assert.equal((await eventsOf(job)).find(({ event }) => event === 'advanced')?.actor, 'test')
  })

  it(':retry from a step replays as a new job that takes over the outputs before it', async () => {
    const job = await submit(line, partRecord(60))
    await untilState(line, job, ['completed'])

    const replay = await act(job, 'retry', { from: 'enrichment', reason: 'The catalogue has grown' })

    assert.equal(replay.status, 202, JSON.stringify(replay.body))
    const id = replay.location!.split('/').at(-1)!
    await untilState(line, id, ['completed'])
    assert.equal((await line.json<{ replayOf: string }>(`/v1/jobs/${id}`)).replayOf, job)
    const worked = (await eventsOf(id)).filter(({ path }) => path.includes('processing')).map(({ step }) => step)
    assert.deepEqual(worked, ['enrichment', 'scoring'])
    assert.equal((await jobOf(line, job)).state, 'completed')
  })
})
