import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { partRecord, post, sample, submit, untilState, type Line } from './line.ts'

type Answer = Record<string, unknown>

describe('the addresses of the systems before', () => {
  let line: Line
  let dir: string
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'stageline-aliases-'))
    await writeFile(join(dir, 'parts.csv'), 'mpn,score\nNXR-1,0.9\nNXR-2,0.8\nNXR-3,0.1\n')
    line = await startLine({ env: { STAGELINE_SOURCE_DIR: dir } })
  })
  after(async () => {
    await line?.[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })
  const read = (path: string) => line.json<Answer>(path)
  const send = async (path: string, body: object = {}) => {
    const answer = await line.call(path, post(body))
    return { status: answer.status, body: (await answer.json()) as Answer }
  }

  it('run a batch by decisions, and list what people have to do (000)', async () => {
    const mapping = { 'record.mpn': 'mpn' }
    const source = { key: 'parts', from: { kind: 'duckdb', file: 'parts.csv' }, mapping, priorityColumn: 'score' }
    await line.call('/v1/sources/parts', { ...post(source), method: 'PUT' })

    const begun = await send('/workflow/run', { limit: 50, priority_threshold: 0.7, force_manual: true })
    assert.equal(begun.status, 202, JSON.stringify(begun.body))
    const id = String(begun.body['batch_id'])
    await waitFor(async () => (await read(`/workflow/status/${id}`))['manual'] === 2, { timeoutMs: 60_000 })

    const pending = await read('/workflow/pending?limit=20&priority=high')
    assert.equal(pending['count'], 2)
    assert.equal((await read('/workflow/health'))['status'], 'healthy')
  })

  it('follow an upload to its end, and stop and start the line (001)', async () => {
    await send('/api/workflow/stop', { reason: 'Test' })
    const body = new FormData()
    body.set('file', new Blob([await sample('invoice-english.pdf')]), 'invoice-english.pdf')
    const uploaded = await line.json<Answer>('/api/automations/upload', { method: 'POST', body })
    const id = String(uploaded['id'])
    assert.deepEqual([uploaded['stage'], (await read(`/api/automations/${id}`))['stage']], ['NEW', 'NEW'])
    const { queue_lengths: lengths } = await read('/api/workflow/metrics')
    assert.ok(Object(lengths)['Classification'] >= 1)

    await send('/api/workflow/start')

    await untilState(line, id, ['completed', 'suspended'])
    const { stage } = await read(`/api/automations/${id}`)
    assert.ok(stage === 'DONE' || stage === 'Processing', String(stage))
  })

  it('suspend, retry and tell what happened (003)', async () => {
    await send('/api/workflow/stop')
    const id = await submit(line, partRecord(1))
    const at = `/api/v1/workflow/${id}`

    const suspended = await send(`${at}/suspend`, { reason: 'Suspicious content detected' })
    assert.deepEqual([suspended.status, suspended.body['current_state']], [200, 'suspended'])
    await send(`${at}/retry`)
    await send('/api/workflow/start')
    await untilState(line, id, ['completed', 'suspended'])

    const { transitions } = await line.json<{ transitions: Answer[] }>(`${at}/history`)
    assert.ok(
      transitions.some((one) => one['to_state'] === 'suspended' && one['reason'] === 'Suspicious content detected'),
    )
    const metrics = await read('/api/v1/workflow/metrics?time_range=24h')
    assert.ok(Object(metrics['stage_durations'])['classification'].count >= 1, JSON.stringify(metrics))
    await waitFor(async () => {
      const { completed, cancelled } = await line.json<{ completed: number; cancelled: number }>(
        '/v1/views/daily-stats',
      )
      return completed + cancelled > 0
    })
    for (const view of ['overview', 'recent-activity', 'status', 'performance?bucket=hour', 'stuck', 'bottlenecks'])
      assert.equal((await line.call(`/v1/views/${view}`)).status, 200, view)
    assert.equal((await line.call('/v1/failures')).status, 200)
  })

  it('take tasks and plans their way, and refuse what is none (004)', async () => {
    const { body: plan } = await send('/api/workflow/action-plans', { title: 'Bring in the vendor' })
    const { body: task } = await send('/api/workflow/tasks', { task_type: 'intake', title: 'Read the form' })
    const at = `/api/workflow/tasks/${String(task['id'])}/transition`

    await send(at, { new_state: 'in_progress' })
    await send(at, { new_state: 'completed' })
    const refused = await send(at, { new_state: 'in_progress' })
    const active = await send(`/api/workflow/action-plans/${String(plan['id'])}/activate`)

    assert.deepEqual(refused, {
      status: 400,
      body: {
        success: false,
        message: 'Transition from completed to in_progress not allowed',
        error_code: 'INVALID_TRANSITION',
      },
    })
    assert.equal(Object(active.body['action_plan']).state, 'active')
    assert.equal((await read('/api/workflow/stats'))['background_workers'], 'healthy')
  })
})
