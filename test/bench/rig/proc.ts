/** The program of a process of a contender: `submitter` or `worker`. It does what the messages of the bench say. */
import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as delay } from 'node:timers/promises'
import { contenderOf } from '../contenders/index.ts'
import type { Env, Submitter, Worker } from '../contenders/contender.ts'
import type { Asked, Call, Told } from './child.ts'
import { itemOf, STARTED, type Item, type Stage } from './workload.ts'

const FLUSH_MS = 20

const now = () => performance.timeOrigin + performance.now()
const tell = (told: Told) => void process.send?.(told)

const [role, name, json] = process.argv.slice(2)
const { env, stages } = JSON.parse(json!) as { env: Env; stages: Stage[] }
const contender = contenderOf(name!)
process.on('disconnect', () => process.exit(0))

if (role === 'worker') {
  const worker = await contender.worker(env, stages, collect())
  serve(worker, async ({ kind }) => (kind === 'watch' ? watch() : undefined))
} else {
  const submitter = await contender.submitter(env)
  serve(submitter, (asked) => submit(submitter, asked))
}
tell({ kind: 'ready' })

function collect() {
  let waiting: [id: string | number, at: number][] = []
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    timer = undefined
    tell({ kind: 'done', ended: waiting })
    waiting = []
  }
  return (ids: readonly (string | number)[]) => {
    const at = now()
    for (const id of ids) waiting.push([id, at])
    timer ??= setTimeout(flush, FLUSH_MS)
  }
}

function watch(): void {
  subscribe(STARTED, (item) => tell({ kind: 'started', item: item as number, at: now() }))
}

function serve(part: Submitter | Worker, answer: (asked: Asked) => Promise<void>): void {
  process.on('message', (asked: Asked) => {
    if (asked.kind === 'stop') return void stop(part)
    answer(asked).catch((error: unknown) => tell({ kind: 'failed', message: String((error as Error).stack ?? error) }))
  })
}

async function stop(part: Submitter | Worker): Promise<void> {
  await Promise.race([part.close().catch(() => undefined), delay(1_500)])
  process.exit(0)
}

async function submit(submitter: Submitter, asked: Asked): Promise<void> {
  if (asked.kind !== 'submit') return
  const { from, count, perSecond, inFlight } = asked
  const items = Array.from({ length: count }, (_, i) => itemOf(from + i))
  const began = now()
  if (perSecond !== undefined) {
    const calls = await submitOnTime(submitter, items, perSecond)
    return tell({ kind: 'submitted', began, ended: now(), calls })
  }
  if (inFlight !== undefined) {
    const calls = await submitInTurn(submitter, items, inFlight)
    return tell({ kind: 'submitted', began, ended: now(), calls })
  }
  await submitter.submit(items)
  tell({ kind: 'submitted', began, ended: now(), calls: [] })
}

async function submitOnTime(submitter: Submitter, items: readonly Item[], perSecond: number): Promise<Call[]> {
  const began = now() + 50
  return Promise.all(
    items.map(async (item, i) => {
      const due = began + (i * 1_000) / perSecond
      await delay(Math.max(0, due - now()))
      return call(submitter, item, due)
    }),
  )
}

async function submitInTurn(submitter: Submitter, items: readonly Item[], inFlight: number): Promise<Call[]> {
  const calls: Call[] = []
  const left = items.values()
  const keepOneInFlight = async () => {
    for (const item of left) calls.push(await call(submitter, item, now()))
  }
  await Promise.all(Array.from({ length: inFlight }, keepOneInFlight))
  return calls
}

async function call(submitter: Submitter, item: Item, due: number): Promise<Call> {
  const called = now()
  const [id] = await submitter.submit([item])
  return { item: item.id, id: id!, due, called, answered: now() }
}
