/**
 * The image and docker-compose.yml, held to a real run: built from this checkout, started in the order that
 * docs/containers.md gives, scaled, and one container killed in the middle of the work. Takes Docker, or root and
 * Debian's Podman; skipped by name where neither can be had.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { waitFor } from '@stageline/testkit'
import { ensureBaseImages } from './base-images.ts'
import { baseImagesOf, buildImage } from './build-image.ts'
import { readCompose, type Compose } from './compose-file.ts'
import { openProject, type ComposeProject } from './compose-project.ts'
import { findEngine, type Engine } from './engine.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const CACHE = join(ROOT, '.cache')
const STAGES = ['classification', 'extraction', 'enrichment', 'scoring']
const SERVICES = ['gateway', ...STAGES, 'orchestrator']
const RECORDS = 500

const report = (line: string): void => console.log(line)
const found = await findEngine(CACHE, report)
const skip = 'reason' in found ? found.reason : false
if (skip) report(`SKIPPED: containers are not tested: ${skip}`)

describe('the line in containers', { skip }, () => {
  const engine = found as Engine
  const name = `stageline-test-${process.pid}`
  let compose: Compose
  let project: ComposeProject
  let url: string
  let key: string

  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } })
  const json = async <Body>(path: string, init?: RequestInit) => (await (await call(path, init)).json()) as Body

  before(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    compose = readCompose(join(ROOT, 'docker-compose.yml'), settings(port))
    project = openProject(engine, compose, name)
    const ours = compose.services['gateway']!.image
    const others = Object.values(compose.services).flatMap(({ image }) => (image === ours ? [] : [image]))
    const bases = [...new Set([...(await baseImagesOf(join(ROOT, 'Dockerfile'))), ...others])]
    const standIns = await ensureBaseImages(bases, { engine, cache: CACHE, report })
    if (standIns.length > 0) report(`Stand-ins made of Debian's packages: ${standIns.join(', ')}`)
    await timed('Built the image', () => buildImage(engine, { root: ROOT, image: ours }))
    key = await project.runOnce('api-key', ['--name', 'alice'])
    await timed('Started all services', () => project.up())
  })

  after(async () => void (await project?.down({ volumes: true })))

  it('comes up in the documented order: a key first, then every service finds its work', async () => {
    assert.match(key, /^sl_[0-9a-f]{12}_\S{43}$/)
    const { items } = await json<{ items: { stage: string; workers: unknown[] }[] }>('/v1/stages')
    assert.deepEqual(
      items
        .filter(({ workers }) => workers.length > 0)
        .map(({ stage }) => stage)
        .toSorted(),
      STAGES.toSorted(),
    )
    assert.equal((await fetch(`${url}/v1/jobs`)).status, 401)
  })

  it('fills the catalogue once', async () => {
    const first = await project.runOnce('catalog')
    const second = await project.runOnce('catalog')

    assert.match(first, /^[1-9]\d* catalogue rows$/)
    assert.equal(second, '0 catalogue rows')
  })

  it('gives no container root, a right, or a file system to write to', async () => {
    for (const container of ['redis', 'postgres', ...SERVICES].flatMap(project.containersOf)) {
      const status = await project.exec(container, ['cat', '/proc/self/status'])
      const [, uid, capabilities, bounding, noNewPrivileges] =
        /^Uid:\t(\d+)[^]*^CapEff:\t(\w+)\nCapBnd:\t(\w+)[^]*^NoNewPrivs:\t(\d)/m.exec(status) ?? []
      const write = project.exec(container, ['sh', '-c', 'echo > /probe || echo > /usr/probe || echo > /app/probe'])

      assert.notEqual(uid, '0', container)
      assert.deepEqual([capabilities, bounding, noNewPrivileges], ['0'.repeat(16), '0'.repeat(16), '1'], container)
      await assert.rejects(write, /Read-only file system/, container)
    }
  })

  it('keeps Redis from forgetting: append-only file, no eviction', async () => {
    const [redis = ''] = project.containersOf('redis')

    const kept = await project.exec(redis, ['redis-cli', 'CONFIG', 'GET', 'appendonly', 'maxmemory-policy'])

    assert.deepEqual(kept.split('\n').toSorted(), ['appendonly', 'maxmemory-policy', 'noeviction', 'yes'])
  })

  it('reads a scan, with the native parts that takes, from the folder that containers share', async () => {
    const id = await submitFile('receipt-scan.jpg', call)

    const state = (await untilFinal(id))?.state ?? ''

    assert.ok(['completed', 'suspended'].includes(state), state)
    const { result } = await json<{ result: { kind: string; fields: Record<string, { value: unknown }> } }>(
      `/v1/jobs/${id}/result`,
    )
    assert.equal(result.kind, 'receipt')
    assert.ok(result.fields['total_amount'] ?? result.fields['total'], Object.keys(result.fields).join())
  })

  it('spreads 500 records over four containers of a stage, and all end though one is killed', async () => {
    await project.up({ extraction: 4 })
    const containers = project.containersOf('extraction')
    const before = await Promise.all(containers.map(stepsDoneIn))
    const [victim = '', ...others] = containers.toReversed()

    const submitting = submitAll()
    const atKill = await waitFor(
      async () => {
        const now = await Promise.all(containers.map(stepsDoneIn))
        const done = now.map((steps, i) => steps - before[i]!)
        return done.every((steps) => steps > 0) ? done : undefined
      },
      { timeoutMs: 60_000, message: 'all four containers to have taken work' },
    )
    await engine.run(['kill', '--signal', 'KILL', victim])
    const open = RECORDS - (await countFinal())
    await timed('After the kill all 500 ended', async () => {
      await submitting
      await waitFor(async () => (await countFinal()) === RECORDS, { timeoutMs: 60_000, message: 'all 500 to end' })
    })

    report(`Steps done by each of four when one was killed: ${atKill?.join(', ')}; records then open: ${open}`)
    assert.ok(open > 0, 'the container was killed while there was work')
    assert.equal(containers.length, 4)
    assert.equal(others.length, 3)
    assert.equal((await countByState())['completed'], RECORDS)
  })

  it('keeps everything in volumes: down and up again finds the jobs and the key', async () => {
    const codes = await project.down()
    await project.up()

    const ended = Object.entries(codes).filter(([container]) => SERVICES.some((one) => container.includes(`-${one}-`)))
    assert.deepEqual(
      ended.filter(([container, code]) => code !== 0 && !container.includes('extraction')),
      [],
    )
    assert.equal(await countFinal(), RECORDS)
  })

  it('leaves nothing behind', async () => {
    await project.down({ volumes: true })

    for (const list of [
      ['ps', '--all'],
      ['volume', 'ls'],
      ['network', 'ls'],
    ]) {
      const left = await engine.run([...list, '--format', '{{json .}}'])
      assert.ok(!left.includes(name), `${list.join(' ')}: ${left}`)
    }
  })

  const stepsDoneIn = async (container: string): Promise<number> => {
    const script = "process.stdout.write(await (await fetch('http://127.0.0.1:8080/metrics')).text())"
    const text = await project.exec(container, ['node', '--input-type=module', '--eval', script])
    const counts = [...text.matchAll(/^stageline_steps_total\{[^}]*outcome="completed"[^}]*\} (\d+)/gm)]
    return counts.reduce((sum, [, count]) => sum + Number(count), 0)
  }

  const untilFinal = (id: string) =>
    waitFor(
      async () => {
        const job = await json<{ state: string }>(`/v1/jobs/${id}`)
        return ['completed', 'suspended', 'failed', 'cancelled'].includes(job.state) ? job : undefined
      },
      { timeoutMs: 120_000, message: `job ${id} to end` },
    )

  const batches: string[] = []

  /** In small requests, so that the work comes as a stream and not at once. */
  const submitAll = async (): Promise<void> => {
    for (let n = 0; n < RECORDS; n += 10) {
      const lines = Array.from({ length: 10 }, (_, i) => JSON.stringify(partRecord(n + i)))
      const headers = { 'content-type': 'application/x-ndjson' }
      const answer = await call('/v1/jobs:bulk', { method: 'POST', headers, body: lines.join('\n') })
      assert.equal(answer.status, 200)
      await answer.text()
      batches.push(answer.headers.get('batch-id') ?? '')
    }
  }

  const countByState = async (): Promise<Record<string, number>> => {
    const sums: Record<string, number> = {}
    for (const batch of batches) {
      const { byState } = await json<{ byState: Record<string, number> }>(`/v1/batches/${batch}`)
      for (const [state, count] of Object.entries(byState)) sums[state] = (sums[state] ?? 0) + count
    }
    return sums
  }

  const countFinal = async (): Promise<number> => {
    const { completed = 0, cancelled = 0, suspended = 0 } = await countByState()
    return completed + cancelled + suspended
  }
})

/** Work that is spread in small portions: each worker takes one message at a time. */
const settings = (port: number): Record<string, string> => ({
  STAGELINE_POSTGRES_PASSWORD: randomBytes(12).toString('hex'),
  STAGELINE_GATEWAY_PASSWORD: randomBytes(12).toString('hex'),
  STAGELINE_WORKER_PASSWORD: randomBytes(12).toString('hex'),
  STAGELINE_PORT: String(port),
  WORKFLOW_NUM_WORKERS: '1',
})

/** Lacks enough to be routed to automation. */
const partRecord = (n: number) => ({
  workflow: 'part',
  businessKey: `part-${n}`,
  priority: 0.6,
  input: { record: { mpn: `RC0603FR-07${n}KL`, description: `RES ${n}K OHM 1% 1/10W 0603` } },
})

async function submitFile(file: string, call: (path: string, init: RequestInit) => Promise<Response>): Promise<string> {
  const body = new FormData()
  body.set('file', await openAsBlob(join(ROOT, 'examples/samples', file)), file)
  const answer = await call('/v1/documents', { method: 'POST', body })
  const text = await answer.text()
  assert.equal(answer.status, 202, text)
  return (JSON.parse(text) as { id: string }).id
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now()
  await work()
  report(`${what} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
