import { startLine } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { Line } from './line.ts'
import { untilState } from './line.ts'
import expected from './real-documents.expected.json' with { type: 'json' }

/**
 * Fifty real documents by others go through the whole line; kinds and fields are compared with their truth. The share
 * that is right may not fall below the recorded one. Nothing of the documents is kept here.
 */
const DATA = process.env['STAGELINE_DATA_DIR'] ?? resolve(import.meta.dirname, '../../../shared/data')
const missing = existsSync(join(DATA, 'einvoice')) ? false : `no data in ${DATA}: set STAGELINE_DATA_DIR`
if (missing) console.error(`SKIPPED: real documents end to end (${missing})`)

type Truth = { kind: string; fields: Record<string, readonly string[]> }
type Sample = { id: string; file: string; truth: Truth }
type Field = { value: unknown; printed?: string }

it('fifty real documents come out as often right as recorded', { skip: missing, timeout: 900_000 }, async (t) => {
  const samples = await chooseSamples()
  assert.equal(samples.length, 50)
  await using line = await startLine()

  const outcomes = await inTurn(samples, 4, async (sample) => ({ sample, ...(await putThrough(line, sample)) }))

  const compared = outcomes.flatMap(({ sample, state, kind, fields }) =>
    compare(sample, kind, fields).map((one) => ({ ...one, id: sample.id, state })),
  )
  const right = compared.filter((one) => one.right).length
  const share = right / compared.length
  const unseen = compared.filter((one) => !one.right && one.state === 'completed')
  const alone = outcomes.filter(({ state }) => state === 'completed').length
  t.diagnostic(
    `right: ${right} of ${compared.length} values (${(100 * share).toFixed(1)} %); recorded: ${(100 * expected.share).toFixed(1)} %`,
  )
  t.diagnostic(`${alone} of 50 completed without a person; wrong values among them: ${unseen.length}`)
  for (const { id, name, got, want } of unseen)
    t.diagnostic(`wrong and unseen: ${id} ${name}: ${JSON.stringify(got)} instead of ${want.join(' or ')}`)
  assert.ok(share >= expected.share, `${share} is below the recorded ${expected.share}`)
})

async function chooseSamples(): Promise<Sample[]> {
  return [
    ...(await fromEinvoices(/^pdf-/, 16)),
    ...(await fromEinvoices(/^(?!pdf-)/, 10)),
    ...(await fromReceipts(12)),
    ...(await fromPages(12)),
  ]
}

type Row = { id: string } & Record<string, unknown>
const rows = async (path: string): Promise<Row[]> =>
  (await readFile(join(DATA, path), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

/** Every n-th item, so that the choice spreads over the set and stays the same. */
const spread = <T>(items: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!)

const INVOICE_FIELDS = [
  'invoice_number',
  'issue_date',
  'seller_name',
  'buyer_name',
  'seller_vat_id',
  'currency',
  'net_total',
  'tax_total',
  'gross_total',
  'due_amount',
]

async function fromEinvoices(ids: RegExp, count: number): Promise<Sample[]> {
  const truth = new Map((await rows('einvoice/truth.ndjson')).map((row) => [row.id, row]))
  const items = (await rows('einvoice/items.ndjson')).filter(({ id }) => ids.test(id))
  return spread(items, count).map(({ id, file }) => {
    const row = truth.get(id)!
    const kind = ['381', '384'].includes(String(row['doc_type'])) ? 'credit_note' : 'invoice'
    return { id, file: join(DATA, 'einvoice', String(file)), truth: { kind, fields: pick(row, INVOICE_FIELDS) } }
  })
}

async function fromReceipts(count: number): Promise<Sample[]> {
  const truth = (await rows('sroie/truth.ndjson')).filter(({ id }) =>
    existsSync(join(DATA, 'sroie/images', `${id}.jpg`)),
  )
  return spread(truth, count).map((row) => ({
    id: row.id,
    file: join(DATA, 'sroie/images', `${row.id}.jpg`),
    truth: { kind: 'receipt', fields: pick(row, ['company', 'date', 'total']) },
  }))
}

async function fromPages(count: number): Promise<Sample[]> {
  const truth = new Map((await rows('product-pages/truth.ndjson')).map((row) => [row.id, row]))
  return spread(await rows('product-pages/items.ndjson'), count).map(({ id, file }) => ({
    id,
    file: join(DATA, 'product-pages', String(file)),
    truth: { kind: 'product_page', fields: pick(truth.get(id)!, ['price', 'sku', 'availability']) },
  }))
}

function pick(row: Row, names: readonly string[]): Truth['fields'] {
  const known = names.map((name) => [name, [row[name] ?? []].flat().map(String).filter(Boolean)] as const)
  return Object.fromEntries(known.filter(([, values]) => values.length > 0))
}

async function putThrough(
  line: Line,
  { file }: Sample,
): Promise<{ state: string; kind: string | null; fields: Record<string, Field> }> {
  const bytes = await readFile(file)
  const body = new FormData()
  body.set('workflow', 'document')
  body.set('file', new Blob([file.endsWith('.gz') ? gunzipSync(bytes) : bytes]), basename(file).replace(/\.gz$/, ''))
  const answer = await line.call('/v1/documents', { method: 'POST', body })
  assert.equal(answer.status, 202, `${basename(file)}: ${await answer.clone().text()}`)
  const { id } = (await answer.json()) as { id: string }
  const { state } = await untilState(line, id, ['completed', 'suspended', 'cancelled'], 300_000)
  const { outputs } = await line.json<{ outputs: Record<string, { kind?: string; fields?: Record<string, Field> }> }>(
    `/v1/jobs/${id}/result`,
  )
  const last = outputs['scoring'] ?? outputs['enrichment'] ?? outputs['extraction']
  return { state, kind: outputs['classification']?.kind ?? null, fields: last?.fields ?? {} }
}

/** Letters and digits in one case; amounts as numbers; the printed form counts as well as the normalised one. */
const plain = (value: unknown): string => {
  const text = (typeof value === 'string' ? value : JSON.stringify(value ?? '')).trim()
  if (/^[-+]?\d+([.,]\d+)?$/.test(text)) return String(Number(text.replace(',', '.')))
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

function compare({ truth }: Sample, kind: string | null, fields: Record<string, Field>) {
  const values = Object.entries(truth.fields).map(([name, want]) => {
    const field = fields[name]
    const got = field?.value ?? null
    const given = [field?.value, field?.printed].filter((value) => value !== undefined && value !== null).map(plain)
    return { name, want, got, right: want.some((one) => given.includes(plain(one))) }
  })
  return [{ name: 'kind', want: [truth.kind], got: kind, right: kind === truth.kind }, ...values]
}

async function inTurn<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const at = next
      next += 1
      results[at] = await work(items[at]!)
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
  return results
}
