import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startBalancer } from './balancer.ts'
import { post, query, type Line } from './line.ts'

const TIMES = 2
const WORKFLOW = {
  key: 'two',
  steps: [
    { key: 'a', stage: 'first' },
    { key: 'b', stage: 'second', dependsOn: ['a'] },
  ],
}
const SLOW = { workflow: 'two', input: { script: { a: { slowMs: 200 }, b: { slowMs: 100 } } } }

it('every service is replaced again and again under load: no request fails, no job fails, no attempt is counted', async () => {
  await using line = await startLine({
    stages: [],
    scripted: { first: { bundle: 1, concurrency: 16 }, second: { bundle: 1, concurrency: 16, callsOut: true } },
    env: { STAGELINE_DRAIN_MS: '6000' },
  })
  const saved = await line.call('/v1/workflows/two', { ...post(WORKFLOW), method: 'PUT' })
  assert.equal(saved.status, 201, await saved.text())
  const ports = [await freePort(), await freePort()]
  const running = await startOnes(line, ports)
  await using balancer = await startBalancer(ports)
  await waitFor(() => balancer.ready().length === 2, {
    timeoutMs: 90_000,
    message: `both gateways to be ready (log: ${line.log})`,
  })
  await using load = submitSteadily(`${balancer.url}/v1/jobs`, line.apiKey)

  const ends: [string, number | null, number][] = []
  for (let time = 0; time < TIMES; time += 1) {
    for (const [name, old] of running) {
      running.set(name, await replace(line, balancer, { name, old, ports }, ends))
    }
  }
  const { statuses, accepted } = await load.stop()
  await waitFor(async () => (await unfinished(line)) === 0, { timeoutMs: 60_000, message: `all to end (${line.log})` })

  assert.ok(accepted > 100, `${accepted} jobs were accepted`)
  assert.deepEqual([...new Set(statuses)], [202])
  assert.deepEqual(
    ends.filter(([, code, ms]) => code !== 0 || ms > 10_000),
    [],
  )
  const rows = await query<{ state: string; attempts: number; jobs: number }>(
    line,
    `SELECT state, max((s.value->>'a')::int) AS attempts, count(DISTINCT id)::int AS jobs
     FROM jobs, jsonb_each(steps) s GROUP BY state`,
  )
  assert.deepEqual(rows, [{ state: 'completed', attempts: 1, jobs: accepted }])
  const twice = await query(
    line,
    `SELECT job_id, step FROM history WHERE path @> '{completed}' GROUP BY 1, 2 HAVING count(*) > 1`,
  )
  assert.deepEqual(twice, [])
})

type Balancer = Awaited<ReturnType<typeof startBalancer>>
type Place = { name: string; old: ChildProcess; ports: readonly number[] }

/** Processes of the test's own in the place of those that the line began with. */
async function startOnes(line: Line, ports: readonly number[]): Promise<Map<string, ChildProcess>> {
  const names = ['first', 'second', 'orchestrator']
  await Promise.all(names.map((name) => line.stop(name)))
  const ones: [string, ChildProcess][] = names.map((name) => [name, line.start(name)])
  const gateways: [string, ChildProcess][] = ports.map((port, i) => [
    `gateway-${i}`,
    line.start('gateway', { PORT: String(port) }),
  ])
  return new Map([...ones, ...gateways])
}

/** A gateway gives up its port first; of the others the successor is there before the old one goes. */
async function replace(
  line: Line,
  balancer: Balancer,
  { name, old, ports }: Place,
  ends: [string, number | null, number][],
): Promise<ChildProcess> {
  const isGateway = name.startsWith('gateway-')
  const port = isGateway ? ports[Number(name.at(-1))] : undefined
  const early = isGateway ? undefined : line.start(name)
  const begun = performance.now()
  const ended = once(old, 'exit') as Promise<[number | null]>
  old.kill('SIGTERM')
  const [code] = await ended
  ends.push([name, code, performance.now() - begun])
  const next = early ?? line.start('gateway', { PORT: String(port) })
  if (isGateway)
    await waitFor(() => balancer.ready().length === 2, { timeoutMs: 90_000, message: 'the gateway to be back' })
  return next
}

/** One request every 40 ms until it is stopped. */
function submitSteadily(url: string, key: string) {
  const stop = new AbortController()
  const statuses: (number | string)[] = []
  const under = new Set<Promise<void>>()
  const { headers, ...request } = post(SLOW)
  const init = { ...request, headers: { ...(headers as Record<string, string>), authorization: `Bearer ${key}` } }
  const submit = async () => {
    const answer = await fetch(url, init)
    const text = await answer.text()
    statuses.push(answer.status === 202 ? 202 : `${answer.status} ${text}`)
  }
  const loop = async () => {
    while (!stop.signal.aborted) {
      const one = submit().catch((error: unknown) => void statuses.push(String(error)))
      under.add(one)
      void one.finally(() => under.delete(one))
      // The pace of the load, not a wait for anything.
      await delay(40, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  const looping = loop()
  const end = async () => {
    stop.abort()
    await looping
    await Promise.all(under)
    return { statuses, accepted: statuses.filter((status) => status === 202).length }
  }
  return { stop: end, [Symbol.asyncDispose]: async () => void (await end()) }
}

async function unfinished(line: Line): Promise<number> {
  const [row] = await query<{ n: number }>(line, 'SELECT count(*)::int AS n FROM jobs WHERE finished_at IS NULL')
  return row!.n
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
