import { isFinalJob, type Job } from '@stageline/domain'
import { freePort, supervise } from '@stageline/local'
import { defineStage, loadStageConfig, openGateway, runService, runStages } from '@stageline/runtime'
import { createApiKey, createRecordWriter, DEFAULT_TENANT_ID, migrate, openDatabase } from '@stageline/store'
import { waitFor } from '@stageline/testkit'
import { channel, subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { join, resolve } from 'node:path'
import { Pool } from 'undici'
import { z } from 'zod'
import { EXEC_ARGV } from '../rig/child.ts'
import { chunksOf, outputOf, STAGES, STARTED, WAITING, type Item, type Stage } from '../rig/workload.ts'
import type { Contender, Done, Env, Submitter, Worker } from './contender.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const PASSWORDS = { gateway: 'gateway-of-bench', worker: 'worker-of-bench' }
const WORKFLOW = 'bench'
/** A workflow whose one stage nobody works: its jobs stay where they are put. */
export const PARKED = 'bench-parked'
const LINES = 500
/** Of a client that has many requests at once. */
const CONNECTIONS = 64
const WAIT_MS = 10
const BOUNDS = { maxOpenOfTenant: 10_000_000, maxOpen: 10_000_000 }

type Options = {
  name: string
  title: string
  settings: string
  workers: readonly (readonly Stage[])[]
  items?: number
  /** What is submitted over HTTP goes through a gateway of its own. */
  http?: boolean
  /** This stage claims each step before it runs, one step a message, as one that calls out does. */
  calling?: Stage
  /** The workflow; default the four stages. */
  line?: readonly Stage[]
  /** Settings of the services beside those of all. */
  serviceSettings?: Readonly<Record<string, string>>
  /** One in ten is traced, to a collector that takes everything. */
  traced?: boolean
}

/** The real services; only the stages themselves are those of the bench. */
export function stageline({
  http = false,
  calling,
  line = STAGES,
  items = 20_000,
  serviceSettings,
  traced = false,
  ...about
}: Options): Contender {
  return {
    ...about,
    needs: ['redis', 'postgres'],
    items,
    setup: (env) => prepare(env, line),
    services: async (env) => {
      await using stack = new AsyncDisposableStack()
      if (traced) stack.use(await startCollector(env))
      const services = stack.use(
        await startServices(env, http ? ['orchestrator', 'gateway'] : ['orchestrator'], serviceSettings),
      )
      const started = stack.move()
      return { pids: services.pids, [Symbol.asyncDispose]: () => started.disposeAsync() }
    },
    submitter: (env) => (http ? submitOverHttp(env) : submitHere(env)),
    worker: (env, stages, done) => work(env, stages, done, calling),
  }
}

/** The schema, a key, and the workflow of `line`. */
export async function prepare({ databaseUrl, folder }: Env, line: readonly Stage[] = STAGES): Promise<void> {
  await migrate({ adminUrl: databaseUrl, gatewayPassword: PASSWORDS.gateway, workerPassword: PASSWORDS.worker })
  const { key } = await createApiKey({ adminUrl: databaseUrl, name: 'bench' })
  await writeFile(join(folder, 'api-key'), key)
  await using database = openDatabase({
    url: as('gateway', databaseUrl),
    role: 'gateway',
    applicationName: 'stageline-bench-setup',
  })
  const steps = line.map((stage, i) => ({
    key: stage.replace('bench-', ''),
    stage,
    ...(i === 0 ? {} : { dependsOn: [line[i - 1]!.replace('bench-', '')] }),
  }))
  const parked = { key: PARKED, steps: [{ key: 'parked', stage: PARKED }] }
  for (const definition of [{ key: WORKFLOW, steps }, parked])
    await createRecordWriter(database).saveWorkflow(DEFAULT_TENANT_ID, definition as never, 'bench', null)
}

function as(role: keyof typeof PASSWORDS, databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.username = role
  url.password = PASSWORDS[role]
  return url.href
}

const COLLECTOR = 'collector-port'

/** Its port stands in the folder. */
async function startCollector({ folder }: Env): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await writeFile(join(folder, COLLECTOR), String((server.address() as AddressInfo).port))
  return {
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function tracing(folder: string): Readonly<Record<string, string>> {
  const file = join(folder, COLLECTOR)
  if (!existsSync(file)) return {}
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${readFileSync(file, 'utf8')}`,
    OTEL_TRACES_SAMPLER_ARG: '0.1',
  }
}

const settingsOf = (role: keyof typeof PASSWORDS, { databaseUrl, redisUrl, folder }: Env) => ({
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  DATABASE_URL: as(role, databaseUrl),
  REDIS_URL: redisUrl,
  STAGELINE_BLOB_DIR: join(folder, 'blobs'),
  STAGELINE_PARENT: '1',
  STAGELINE_DRAIN_MS: '2000',
  STAGELINE_MAX_OPEN_JOBS: '10000000',
  STAGELINE_MAX_OPEN_JOBS_PER_TENANT: '10000000',
  STAGELINE_MAX_STREAMS: '2000',
  ...tracing(folder),
})

/** Real services by their names; `pids` are in the order of these. */
export async function startServices(env: Env, names: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const members = await Promise.all(
    names.map(async (name) => {
      const port = await freePort(21_000 + Math.floor(Math.random() * 5_000))
      if (name === 'gateway') await writeFile(join(env.folder, 'gateway-port'), String(port))
      const entry = join(ROOT, 'services', name, 'src/main.ts')
      const own = { ...settingsOf(name === 'gateway' ? 'gateway' : 'worker', env), PORT: String(port), ...more }
      const logFile = join(env.folder, `${name}.log`)
      return supervise({ name, entry, env: own, execArgv: EXEC_ARGV, port, logFile }, (line) => console.error(line))
    }),
  )
  await Promise.all(members.map((member) => member.whenReady({ withinMs: 60_000 })))
  return {
    pids: members.map((member) => member.child()!.pid!),
    [Symbol.asyncDispose]: async () =>
      void (await Promise.all(members.map((member) => member.stop({ withinMs: 5_000 })))),
  }
}

/** The engine in the submitter's own process, as a service that takes in jobs by itself has it. */
async function submitHere(env: Env): Promise<Submitter> {
  const config = () => loadStageConfig(settingsOf('gateway', env))
  const gateway = await new Promise<ReturnType<typeof openGateway>>((ready) => {
    void runService('submitter', config, async (loaded, life) =>
      ready(openGateway(loaded, life, { boardPath: '/queues', bounds: BOUNDS as never })),
    )
  })
  return {
    submit: async (items) => {
      const ids: string[] = []
      for (const some of chunksOf(items, LINES)) {
        const answers = await gateway.submitJobs(
          some.map((input) => ({
            tenantId: DEFAULT_TENANT_ID,
            workflow: WORKFLOW,
            input,
            origin: 'bulk',
            actor: 'bench',
          })),
        )
        for (const answer of answers) {
          if (answer.kind !== 'accepted') throw new Error(`Not accepted: ${JSON.stringify(answer)}`)
          ids.push(answer.jobId)
        }
      }
      return ids
    },
    close: async () => undefined,
  }
}

/** As a client that has many at once: `POST /v1/jobs:bulk`; one alone by `POST /v1/jobs`. */
async function submitOverHttp(env: Env): Promise<Submitter> {
  const { readFile } = await import('node:fs/promises')
  const port = await readFile(join(env.folder, 'gateway-port'), 'utf8')
  const authorization = `Bearer ${await readFile(join(env.folder, 'api-key'), 'utf8')}`
  const gateway = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS })
  const post = async (path: string, type: string, body: string) => {
    const headers = { authorization, 'content-type': type }
    const answer = await gateway.request({ path, method: 'POST', headers, body })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`${path} answers ${answer.statusCode}: ${text}`)
    return text
  }
  const lineOf = (input: Item) => JSON.stringify({ workflow: WORKFLOW, input })
  const one = async (item: Item) =>
    (JSON.parse(await post('/v1/jobs', 'application/json', lineOf(item))) as { id: string }).id
  return {
    submit: async (items) => {
      if (items.length === 1) return [await one(items[0]!)]
      const ids: string[] = []
      for (const some of chunksOf(items, 10_000)) {
        const text = await post(
          '/v1/jobs:bulk',
          'application/x-ndjson',
          some.map((item) => `${lineOf(item)}\n`).join(''),
        )
        for (const line of text.trimEnd().split('\n')) ids.push((JSON.parse(line) as { id: string }).id)
      }
      return ids
    },
    close: () => gateway.close(),
  }
}

const Input = z.looseObject({ id: z.number(), text: z.string(), title: z.string(), tenant: z.string() })

async function work(env: Env, stages: readonly Stage[], done: Done, calling: Stage | undefined): Promise<Worker> {
  subscribe('stageline:recorded', (message) => {
    const { jobs } = message as { jobs?: () => Job[] }
    const ended = jobs?.().filter(({ state }) => isFinalJob(state)) ?? []
    if (ended.length > 0) done(ended.map(({ id }) => id))
  })
  const port = await freePort(27_000 + Math.floor(Math.random() * 4_000))
  const definitions = stages.map((name) =>
    defineStage<z.infer<typeof Input>, unknown>({
      name,
      input: Input,
      output: z.looseObject({}),
      ...(name === calling ? { callsOut: true, bundle: 1, concurrency: 100 } : {}),
      ...(name === WAITING ? { bundle: 1, concurrency: 4 } : {}),
      handle: name === WAITING ? wait : (item) => handle(name, item as unknown as Item),
    }),
  )
  const settings = { ...settingsOf('worker', env), PORT: String(port) }
  void runStages('bench', definitions, () => loadStageConfig(settings))
  const isReady = async () =>
    (await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined))?.status === 200
  await waitFor(isReady, { timeoutMs: 60_000, message: 'the worker to be ready' })
  // So that every process has read how large the bundles of the stages are.
  await delay(6_000)
  return { close: async () => undefined }
}

const started = channel(STARTED)

function handle(stage: Stage, item: Item): Record<string, unknown> {
  if (started.hasSubscribers && stage === STAGES[0]) started.publish(item.id)
  return outputOf(stage, item)
}

async function wait(item: unknown): Promise<Record<string, unknown>> {
  await delay(WAIT_MS)
  return outputOf(WAITING, item as Item)
}
