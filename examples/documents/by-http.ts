/** Documents on their way through the stages, a stage that stands still, and a step done by hand; see README.md. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, say, until } from '../ask.ts'

type Job = { id: string; state: string; stage: string | null; steps: { key: string; state: string }[] }
type Entry = { event: string; step: string | null; path: string[]; actor: string; reason: string | null }
type Stage = {
  stage: string
  paused: boolean
  pauseReason: string | null
  workers: object[]
  steps: Record<string, number>
}

/** What somebody reads in cii-invoice.xml. */
const PRINTED = {
  invoice_number: 'NL-4456',
  issue_date: '2026-11-11',
  due_date: '2026-12-11',
  seller_name: 'Nirgendwo Logistik GmbH',
  buyer_name: 'Beispiel Papierhaus GmbH',
  currency: 'EUR',
  net_total: '1607.40',
  tax_total: '305.41',
  gross_total: '1912.81',
  due_amount: '1912.81',
}

const SAMPLES = join(import.meta.dirname, '../samples')

async function upload(name: string): Promise<string> {
  const form = new FormData()
  form.set('file', new Blob([await readFile(join(SAMPLES, name))]), name)
  const { id } = await ask<{ id: string }>('POST', '/v1/documents', form)
  console.log(`${name} is job ${id}`)
  return id
}

const jobOf = (id: string): Promise<Job> => ask('GET', `/v1/jobs/${id}`)
const isAtRest = ({ state }: Job): boolean => ['completed', 'suspended', 'failed', 'cancelled'].includes(state)
const untilRest = (id: string): Promise<Job> => until(() => jobOf(id), isAtRest)

/** Until it has come as far as a stage, and no further. */
const untilBefore = (id: string, step: string): Promise<Job> =>
  until(
    () => jobOf(id),
    ({ steps }) => steps.find(({ key }) => key === step)?.state === 'queued',
  )

async function tell(id: string): Promise<void> {
  const { items } = await ask<{ items: Entry[] }>('GET', `/v1/jobs/${id}/history`)
  for (const { event, step, path, actor, reason } of items)
    console.log(`  ${event} ${step ?? ''} ${path.join(' → ')} by ${actor}${reason === null ? '' : ` (${reason})`}`)
}

say('An upload, stage by stage')
const first = await upload('ubl-invoice.xml')
let seen = ''
await until(async () => {
  const job = await jobOf(first)
  const now = `${job.state}${job.stage === null ? '' : ` at ${job.stage}`}`
  if (now !== seen) console.log(`  ${now}`)
  seen = now
  return job
}, isAtRest)
await tell(first)

say('Extraction stands still, and work waits before it')
await ask('POST', '/v1/stages/extraction:pause', { reason: 'The rules are being changed' })
const second = await upload('product-kettle.html')
await untilBefore(second, 'extraction')
const { items: stages } = await ask<{ items: Stage[] }>('GET', '/v1/stages')
for (const { stage, paused, pauseReason, workers, steps } of stages)
  console.log(
    `  ${stage}: ${workers.length} workers, ${steps['queued'] ?? 0} queued${paused ? `, paused: ${pauseReason}` : ''}`,
  )

say('A step done by hand, while the stage stands still')
const third = await upload('cii-invoice.xml')
const readByHand = Object.fromEntries(
  Object.entries(PRINTED).map(([name, value]) => [name, { value, confidence: 1, source: { method: 'person' } }]),
)
await untilBefore(third, 'extraction')
await ask('POST', `/v1/jobs/${third}:advance`, {
  step: 'extraction',
  output: { fields: readByHand, lineItems: [] },
  reason: 'Read by hand',
})
console.log(`  ${(await untilRest(third)).state}`)
await tell(third)

say('Extraction goes on')
await ask('POST', '/v1/stages/extraction:resume', {})
console.log(`  ${(await untilRest(second)).state}`)
