import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { it } from 'node:test'
import { partRecord, post, query } from './line.ts'

const LIMIT = 5

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

it('two gateways that are asked at one moment take in exactly the limit of the day', async () => {
  await using line = await startLine({ stages: [] })
  const limit = { ...post({ maxDailyTasks: LIMIT }), method: 'PATCH' }
  const changed = await line.call('/v1/policies/completeness-v2', limit)
  assert.equal(changed.status, 200)
  const port = await freePort()
  line.start('gateway', { PORT: String(port) })
  const second = `http://127.0.0.1:${port}`
  await waitFor(async () => (await fetch(`${second}/health/ready`).catch(() => undefined))?.ok === true, {
    timeoutMs: 30_000,
    message: `the second gateway to be ready (log: ${line.log})`,
  })

  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      const init = post({ ...partRecord(n), force: 'automation' })
      const authorization = `Bearer ${line.apiKey}`
      const address = `${n % 2 === 0 ? line.baseUrl : second}/v1/jobs`
      const answer = await fetch(address, { ...init, headers: { ...init.headers, authorization } })
      return { status: answer.status, body: (await answer.json()) as { code?: string; resetsAt?: string } }
    }),
  )

  const refused = answers.filter(({ status }) => status !== 202)
  assert.equal(answers.length - refused.length, LIMIT)
  assert.ok(refused.every(({ status, body: { code } }) => status === 429 && code === 'limit.daily_tasks'))
  assert.ok(refused.every(({ body: { resetsAt = '' } }) => Date.parse(resetsAt) > Date.now()))
  assert.deepEqual(await query(line, 'SELECT count(*)::int AS jobs FROM jobs'), [{ jobs: LIMIT }])
})
