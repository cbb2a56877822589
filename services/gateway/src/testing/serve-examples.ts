import { DEFAULT_SLAS, SourceDefinition, TriggerDefinition } from '@stageline/domain'
import type { Example, Operation } from '../http/operation.ts'
import { EXAMPLE } from '../routes/example-ids.ts'
import { EXAMPLE_SOURCE } from '../routes/sources/sources.ts'
import { EXAMPLE_TRIGGER } from '../routes/triggers/triggers.ts'
import { addExampleWebhook } from './add-example-webhook.ts'
import { addEvent } from './add-event.ts'
import { addBlob, addJob, addTask, TENANT, type FakeWorld } from './fake-world.ts'
import { serve, type Served } from './serve.ts'

/** The world that the examples speak of. */
export async function serveExamples(): Promise<Served> {
  const served = await serve()
  const { world } = served
  await addBatches(world)
  addJob(world, { id: EXAMPLE.job, batchId: EXAMPLE.batch })
  addEvent(world, EXAMPLE.job)
  addJob(world, { id: EXAMPLE.suspendedJob, state: 'suspended' })
  addJob(world, { id: EXAMPLE.finishedJob, state: 'completed' })
  const document = addBlob(world, Buffer.from('%PDF-1.7'), { mediaType: 'application/pdf' })
  addJob(world, { id: EXAMPLE.documentJob, workflow: 'document', input: { document } })
  addImport(world)
  await addBulkAction(world)
  await addDesk(world)
  await addTriggers(world)
  await addExampleWebhook(world)
  return served
}

const BULK_ACTION = {
  id: EXAMPLE.bulkAction,
  kind: 'cancel',
  filter: { workflow: 'part', state: ['queued'] },
  reason: null,
  actor: 'x',
} as const

async function addBulkAction({ bulk }: FakeWorld): Promise<void> {
  await bulk.actions.begin(TENANT, BULK_ACTION, null)
  const taken = await bulk.take('fake', 20_000)
  if (taken) await bulk.choose(taken, 'fake', 20_000, 10)
}

async function addBatches(world: FakeWorld): Promise<void> {
  await world.runs.put(TENANT, SourceDefinition.parse(EXAMPLE_SOURCE), 'x', null)
  const request = { workflow: 'part', limit: 100, filter: {}, force: null, onlyNew: false, dryRun: false }
  const origin = { kind: 'upload', key: 'x' } as const
  const about = { id: EXAMPLE.run, name: null, source: null, origin, columns: {}, request, preview: false, actor: 'x' }
  await world.runs.begin(TENANT, about, null)
  world.batches.set(EXAMPLE.run, {
    id: EXAMPLE.run,
    name: null,
    actor: 'x',
    createdAt: world.now.toISOString(),
    total: 0,
    byState: {},
  })
  world.batches.set(EXAMPLE.batch, {
    id: EXAMPLE.batch,
    name: null,
    actor: 'x',
    createdAt: world.now.toISOString(),
    total: 2,
    byState: { completed: 1 },
  })
}

function addImport(world: FakeWorld): void {
  world.catalog.items.set('part/NXR-1K0-0402', {
    kind: 'part',
    key: 'NXR-1K0-0402',
    name: 'Resistor 1 kiloohm',
    attributes: { tolerance: '1%' },
  })
  const at = world.now.toISOString()
  world.catalog.imports.set(EXAMPLE.import, {
    id: EXAMPLE.import,
    fileName: 'parts.csv',
    bytes: 2_000,
    actor: 'x',
    dryRun: false,
    onFault: 'refuse',
    state: 'refused',
    rows: { read: 40, stored: 0, faulty: 1 },
    faults: [{ line: 7, column: 'kind', detail: 'Nothing is no kind: write part, vendor, product.' }],
    createdAt: at,
    updatedAt: at,
    finishedAt: at,
  })
}

async function addDesk(world: FakeWorld): Promise<void> {
  const at = world.now.toISOString()
  addTask(world, { id: EXAMPLE.task, jobId: EXAMPLE.suspendedJob })
  addTask(world, { id: EXAMPLE.ownTask, jobId: null, workflow: null, step: null, type: 'assessment' })
  const intake = DEFAULT_SLAS.find(({ taskType }) => taskType === 'intake')!
  await world.sla.addConfig(TENANT, { id: EXAMPLE.slaConfig, settings: intake, actor: 'built-in' })
  const plan = { id: EXAMPLE.plan, title: 'Bring in the new vendor', description: null, serviceArea: null }
  await world.desk.openPlan(TENANT, { ...plan, createdBy: 'x' })
  const about = { taskId: EXAMPLE.task, jobId: EXAMPLE.finishedJob, workflow: 'document', step: 'scoring' }
  const by = { type: 'review', at, actor: 'ann', reason: 'Printed total', verdict: 'accept' }
  const place = { method: 'text' as const, page: 1, text: '117.00' }
  world.desk.correct({
    ...about,
    ...by,
    corrections: [
      { path: '/fields/total/value', from: '117.00', to: '119.00', place },
      { path: '/fields/total/confidence', from: 0.6, to: 1 },
    ],
  })
}

async function addTriggers({ triggers, now }: FakeWorld): Promise<void> {
  await triggers.put(TENANT, TriggerDefinition.parse(EXAMPLE_TRIGGER), 'x', null)
  const at = now.toISOString()
  const seen = { firstAt: at, lastAt: at, acknowledgedAt: null, acknowledgedBy: null }
  const about = { raisedBy: 'trigger:plan-activated', subject: 'plan', subjectId: EXAMPLE.plan, count: 1 }
  triggers.raised.push({ id: EXAMPLE.alert, level: 'info', title: 'Plan activated', detail: null, ...about, ...seen })
}

export function addressOf({ path }: Operation, { params = {}, query = {} }: Example): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
  return `${filled}?${new URLSearchParams(query).toString()}`
}

export function requestOf({ method, body: asked }: Operation, { body, headers = {} }: Example): RequestInit {
  const init = { method: method.toUpperCase() }
  if (asked === undefined || body === undefined) return { ...init, headers: { ...headers } }
  if (asked.type === 'multipart/form-data') return { ...init, body: formOf(body), headers: { ...headers } }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { ...init, body: text, headers: { 'Content-Type': asked.type, ...headers } }
}

function formOf(parts: unknown): FormData {
  const form = new FormData()
  for (const [name, part] of Object.entries(Object(parts))) {
    if (typeof part === 'string') form.append(name, part)
    else form.append(name, new Blob([Object(part).content]), Object(part).name)
  }
  return form
}
