import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Redis } from 'ioredis'
import { type JobAnswer, post, submit } from './line.ts'

it('a stage works by the settings of its environment', async () => {
  const env = {
    WORKFLOW_MAX_RETRIES: '1',
    WORKFLOW_RETRY_BACKOFF: '0.1',
    WORKFLOW_PROCESSING_TIMEOUT: '3',
    WORKFLOW_NUM_WORKERS: '1',
    WORKFLOW_LOCK_TIMEOUT: '60',
    ENABLE_WORKFLOW_METRICS: 'false',
  }
  await using line = await startLine({ stages: [], scripted: { set: { bundle: 1, concurrency: 8 } }, env })
  await using redis = {
    client: new Redis(line.redisUrl),
    [Symbol.asyncDispose]: async () => void (await redis.client.quit()),
  }
  const saved = await line.call('/v1/workflows/set', {
    ...post({ key: 'set', steps: [{ key: 'a', stage: 'set' }] }),
    method: 'PUT',
  })
  assert.ok(saved.ok, await saved.text())
  const run = (a: object) => submit(line, { workflow: 'set', input: { script: { a } } })
  const stepOf = async (id: string) => (await line.json<JobAnswer>(`/v1/jobs/${id}`)).steps[0]
  const locks = () => redis.client.keys(`*${line.prefix}*:lock`)

  const slow = [await run({ slowMs: 1_500 }), await run({ slowMs: 1_500 })]
  const held: string[] = []
  await waitFor(async () => {
    const found = await locks()
    held.push(...found)
    return found.length > 0
  })
  const leftMs = await redis.client.pttl(held[0]!)
  const failing = await run({ fail: 'throw' })
  const endless = await run({ slowMs: 60_000 })
  for (const id of [...slow, failing, endless])
    await waitFor(async () => ['completed', 'suspended'].includes((await stepOf(id))?.state ?? ''), {
      timeoutMs: 30_000,
      message: `job ${id} (log: ${line.log})`,
    })

  assert.equal(held.length, 1, 'one message at a time, though the stage allows eight')
  assert.ok(leftMs > 20_000 && leftMs <= 60_000, `a lock of ${leftMs} ms`)
  assert.deepEqual(await stepOf(failing).then((step) => [step?.state, step?.attempt]), ['suspended', 2])
  const { items } = await line.json<{ items: { failure?: { code: string } | null }[] }>(`/v1/jobs/${endless}/history`)
  const codes = items.flatMap(({ failure }) => failure?.code ?? [])
  assert.deepEqual(codes, ['stage.timeout', 'stage.timeout'])
  assert.equal((await line.call('/metrics')).status, 404)
})
