import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { ModelAnswer, ModelProvider, Question } from '@stageline/connectors'
import { modelTrustOf, type DocumentModel, type Extraction, type Field } from '@stageline/domain'
import type { StageContext } from '@stageline/runtime'
import { shippedModels } from '../models.ts'
import { extractionStage } from '../stage.ts'
import { askFields } from './ask-fields.ts'
import type { Shown } from './place-of-value.ts'

const LINES = ['SAMPLE CORNER SHOP', '1 EXAMPLE STREET', '10000 TOWN', '02/03/2026 14:31', 'TOTAL RM 13.50']

describe('the model provider of extraction', () => {
  it('is not asked where every field that should be there is there and sure', async () => {
    const { provider, asked } = providerThatSays({})
    const read = local({ company: sure('A'), date: sure('2026-03-02'), total: sure('1.00') })

    assert.deepEqual(await ask(read, provider), read)
    assert.equal(asked.length, 0)
  })

  it('is asked by the fields of the kind, and fills what is missing with its place', async () => {
    const { provider, asked } = providerThatSays({
      company: said('Sample Corner Shop'),
      date: said('2026-03-02'),
      total: said('13.5'),
      currency: said('MYR'),
      address: said('1 Example Street, 10000 Town'),
    })

    const { fields, modelCalls } = await ask(local({}), provider)

    assert.equal(asked.length, 1)
    assert.equal(modelCalls?.[0]?.template, 'extraction-v1')
    assert.deepEqual(fields.company, {
      value: 'Sample Corner Shop',
      confidence: 0.9,
      source: { method: 'model', page: 1, box: [0, 0, 9, 9], text: 'SAMPLE CORNER SHOP', model: 'p/stub', said: 0.9 },
    })
    for (const [name, text] of [
      ['date', LINES[3]],
      ['total', LINES[4]],
      ['currency', LINES[4]],
    ] as const) {
      assert.equal(fields[name]?.source?.text, text)
    }
    assert.deepEqual(fields.address?.source, { method: 'model', model: 'p/stub', said: 0.9 })
  })

  it('marks a value that does not occur in the document, and trusts it half', async () => {
    const { provider } = providerThatSays({
      company: said('Another Shop'),
      date: said('2026-03-03'),
      total: said('14.50'),
    })

    const { fields } = await ask(local({}), provider)

    for (const name of ['company', 'date', 'total']) {
      assert.deepEqual(fields[name]?.source, { method: 'model', grounded: false, model: 'p/stub', said: 0.45 }, name)
      assert.equal(fields[name]?.confidence, 0.45)
    }
  })

  it('trusts a value as far as people found those of its model right, and keeps what was assumed', async () => {
    const { provider } = providerThatSays({ total: said('13.50') })
    const wrong = { confidence: 0.9, model: 'p/stub', said: 0.9, right: false }
    const verified = Array.from({ length: 30 }, () => ({ confidence: 0.5, right: false, fields: { total: wrong } }))
    const learned = { ...context, modelTrust: async () => modelTrustOf(verified) }

    const { fields } = await askFields(local({}), { kind: 'receipt', shown }, { provider, context: learned })

    assert.ok(fields.total!.confidence < 0.1, String(fields.total?.confidence))
    assert.equal(fields.total?.source?.said, 0.9)
  })

  it('makes an equal value surer and wins against a less sure one', async () => {
    const { provider } = providerThatSays({
      company: said('SAMPLE CORNER SHOP'),
      total: said('13.50'),
      date: said(null),
    })
    const read = local({
      company: field('Sample Corner Shop', 0.5),
      total: field('3.50', 0.6),
      date: field('2026-03-02', 0.6),
    })

    const { fields } = await ask(read, provider)

    assert.deepEqual(fields.company, field('Sample Corner Shop', 0.95))
    assert.equal(fields.total?.value, '13.50')
    assert.deepEqual(fields.date, read.fields.date)
  })

  it('stands in the place of the local readers when it is asked each time, not of machine data', async () => {
    const { provider } = providerThatSays({ total: said('13.50'), date: said('2026-03-03') })
    const given: Field = {
      value: '2026-03-02',
      confidence: 0.9,
      source: { method: 'structured', path: 'Invoice/IssueDate' },
    }
    const read = local({ company: sure('A'), total: sure('1.00'), date: given })

    const { fields } = await ask(read, { ...provider, mode: 'always' })

    assert.deepEqual(Object.keys(fields), ['total', 'date'])
    assert.deepEqual([fields.total?.value, fields.date], ['13.50', given])
  })

  it('gives the lines of an invoice where none were read', async () => {
    const item = { description: 'Corner', quantity: '1', unit_price: '13.50', line_total: null }
    const { provider } = providerThatSays({ gross_total: said('13.50') }, [item])

    const { lineItems } = await ask(local({}), provider, 'invoice')

    assert.deepEqual(
      lineItems.map((line) => Object.entries(line).map(([name, { value }]) => [name, value])),
      [
        [
          ['description', 'Corner'],
          ['quantity', '1'],
          ['unit_price', '13.50'],
        ],
      ],
    )
  })

  it('does not let through what cannot be stored', async () => {
    const { provider } = providerThatSays({ company: said('A\0B\uD800'), total: said('  ') })

    const { fields } = await ask(local({}), provider)

    assert.deepEqual(Object.keys(fields), ['company'])
    assert.equal(fields.company?.value, 'AB\uFFFD')
  })

  it('is part of the stage', async () => {
    const { provider, asked } = providerThatSays({ company: said('Sample Corner Shop') })
    const stage = extractionStage({ models: shippedModels(), provider: { ...provider, mode: 'always' } })
    const blobs = { read: () => Promise.resolve(gzipSync(JSON.stringify(document()))) }
    const model = { key: 'k', sha256: '0'.repeat(64), bytes: 3, mediaType: 'application/gzip' }

    const output = await stage.handle({ kind: 'receipt', model }, { ...context, blobs } as unknown as StageContext)

    assert.equal(stage.output.parse(output).modelCalls?.length, 1)
    assert.equal(asked[0]?.text, LINES.join('\n'))
    assert.deepEqual([stage.callsOut, stage.bundle], [true, 1])
  })
})

const modelTrust = async () => modelTrustOf([])
const context = { signal: new AbortController().signal, idempotencyKey: 'job/step', now: new Date(), modelTrust }

const field = (value: string, confidence: number): Field => ({ value, confidence, source: { method: 'text' } })
const sure = (value: string) => field(value, 0.99)
const said = (value: string | null) => ({ value, confidence: 0.9 })
const local = (fields: Extraction['fields']): Extraction => ({ fields, lineItems: [] })

function document(): DocumentModel {
  const lines = LINES.map((text) => ({ text, box: [0, 0, 9, 9] as [number, number, number, number] }))
  const pages = [{ number: 1, width: 100, height: 100, origin: 'text' as const, lines }]
  return { reader: 'test', mediaType: 'application/pdf', pages, tables: [], structured: [], metadata: {}, warnings: [] }
}

const shown: Shown = { text: LINES.join('\n'), pages: document().pages }

const ask = (read: Extraction, provider: ModelProvider, kind: 'receipt' | 'invoice' = 'receipt') =>
  askFields(read, { kind, shown }, { provider, context })

/** Answers every field of the form that it was given nothing for with null. */
function providerThatSays(
  fields: Record<string, { value: string | null; confidence: number }>,
  lineItems: object[] = [],
) {
  const asked: Question<unknown>[] = []
  const call = { template: 'extraction-v1', provider: 'p', model: 'stub', promptSha256: '0', durationMs: 1 }
  const ask = async <Value>(question: Question<Value>): Promise<ModelAnswer<Value>> => {
    asked.push(question)
    const nothing = new Proxy(fields, { get: (from, name: string) => from[name] ?? said(null), has: () => true })
    return { value: question.schema.parse({ fields: nothing, line_items: lineItems }), shown: question.text, call }
  }
  const provider: ModelProvider = { mode: 'low-confidence', threshold: 0.7, ask }
  return { provider, asked }
}
