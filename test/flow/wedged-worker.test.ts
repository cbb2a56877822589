import { openSilentLine, startLine, startTestRedis } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { post, submit, untilState } from './line.ts'

const WORKFLOW = { key: 'one', steps: [{ key: 'a', stage: 'scripted' }] }

it('a worker whose own line to Redis is dead, while Redis is well, ends by itself, and its successor does the work', async () => {
  await using redis = await startTestRedis()
  await using toRedis = await openSilentLine(redis.url)
  await using line = await startLine({
    redisUrl: toRedis.url,
    stages: [],
    scripted: { scripted: { bundle: 1 } },
    env: { STAGELINE_FETCH_LIMIT_MS: '3000' },
  })
  const saved = await line.call('/v1/workflows/one', { ...post(WORKFLOW), method: 'PUT' })
  assert.equal(saved.status, 201, await saved.text())
  await line.stop('scripted')
  const worker = line.start('scripted')
  await untilState(line, await submit(line, { workflow: 'one', input: {} }), ['completed'])

  // Workers sign in under the name of their instance, what asks after the queue does not.
  toRedis.silenceThose('scripted@')
  const job = await submit(line, { workflow: 'one', input: {} })
  const [code] = await once(worker, 'exit')
  toRedis.restore()
  line.start('scripted')
  await untilState(line, job, ['completed'])

  assert.equal(code, 1)
  const log = await readFile(line.log, 'utf8')
  assert.match(log, /"service":"scripted".*No progress for 3000 ms: fetching.*"msg":"service failed"/)
})
