import { startLine } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { HistoryAnswer, Line } from './line.ts'
import { partRecord, post, submit, untilState } from './line.ts'

describe('a record', () => {
  let line: Line
  before(async () => void (line = await startLine()))
  after(() => line[Symbol.asyncDispose]())

  it('goes through four stages and ends with a result, each hop in its history', async () => {
    const id = await submit(line, partRecord(1))

    const job = await untilState(line, id, ['completed'])

    assert.deepEqual(
      job.steps.map(({ key, state }) => [key, state]),
      [
        ['classification', 'completed'],
        ['extraction', 'completed'],
        ['enrichment', 'completed'],
        ['scoring', 'completed'],
      ],
    )
    const { items } = await line.json<HistoryAnswer>(`/v1/jobs/${id}/history`)
    assert.deepEqual(
      items.map(({ seq }) => seq),
      items.map((_, i) => i + 1),
    )
    assert.equal(items.filter(({ path }) => path.join() === 'queued,processing,completed').length, 4)
    const result = await line.json<{ result: { kind: string; fields: Record<string, { value: unknown }> } }>(
      `/v1/jobs/${id}/result`,
    )
    assert.equal(result.result.kind, 'part_record')
    assert.equal(result.result.fields['mpn']?.value, 'RC0603FR-071KL')
  })

  it('that is complete goes to a person, with a decision that names the rule', async () => {
    const complete = {
      mpn: 'LM358N',
      description: 'IC OPAMP GP 2 CIRCUIT 8DIP',
      manufacturer: 'Fictive Semi',
      category: 'IC',
      package: 'DIP-8',
    }
    const id = await submit(line, { workflow: 'part', input: { record: complete } })

    await untilState(line, id, ['suspended'])

    const job = await line.json<{
      decisions: { decision: { rule: string; policy: string; route: string } }[]
      openTasks: string[]
    }>(`/v1/jobs/${id}`)
    assert.deepEqual(
      job.decisions.map(({ decision }) => [decision.policy, decision.rule, decision.route]),
      [['completeness-v2', 'completeness_high', 'person']],
    )
    assert.equal(job.openTasks.length, 1)
  })

  it('that a person accepts ends with what they gave; a second verdict is refused', async () => {
    const id = await submit(line, { ...partRecord(2), force: 'person' })
    await untilState(line, id, ['suspended'])
    const { openTasks } = await line.json<{ openTasks: string[] }>(`/v1/jobs/${id}`)
    const verdict = post({ verdict: 'accept', reason: 'checked by hand', fields: { manufacturer: 'Fictive Semi' } })

    const first = await line.call(`/v1/tasks/${openTasks[0]}:resolve`, verdict)
    const second = await line.call(`/v1/tasks/${openTasks[0]}:resolve`, verdict)

    assert.equal(first.status, 200, await first.clone().text())
    assert.equal(second.status, 409)
    await untilState(line, id, ['completed'])
    const task = await line.json<{ corrections: { path: string; to: unknown }[]; verdictBy: string }>(
      `/v1/tasks/${openTasks[0]}`,
    )
    assert.equal(task.verdictBy, 'test')
    assert.ok(
      task.corrections.some(({ path, to }) => path.endsWith('/manufacturer') && to === 'Fictive Semi'),
      JSON.stringify(task.corrections),
    )
  })

  it('that a person sends on runs through the stages with the edited input', async () => {
    const id = await submit(line, { ...partRecord(3), force: 'person' })
    await untilState(line, id, ['suspended'])
    const { openTasks } = await line.json<{ openTasks: string[] }>(`/v1/jobs/${id}`)

    await line.call(
      `/v1/tasks/${openTasks[0]}:resolve`,
      post({ verdict: 'retry', reason: 'automation can do it', fields: { package: '0603' } }),
    )

    await untilState(line, id, ['completed'])
  })
})
