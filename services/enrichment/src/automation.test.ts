import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LookUp, ModelAnswer, ModelProvider, Question } from '@stageline/connectors'
import { ConfigError, modelTrustOf, type CatalogItem, type Fields } from '@stageline/domain'
import type { StageContext } from '@stageline/runtime'
import type { Automation } from './automation.ts'
import { automationsOf, catalogAutomation } from './automations-of.ts'
import { loadConfig } from './config.ts'
import { lookUpAutomation } from './look-up-automation.ts'
import { modelAutomation } from './model-automation.ts'
import type { Makers } from './guess-maker.ts'
import { enrichmentStage } from './stage.ts'

const NO_MAKERS: Makers = () => ({ predict: () => [] })
const SPEAKER = { model: 'p/stub' }

describe('enrichment with several sources', () => {
  it('asks one after the other and says of each value where it is from', async () => {
    const shop = lookUpThatKnows('shop', { manufacturer: 'Fictive', package: 'SOT-23' })

    const { fields, filled, matches } = await run([catalogAutomation, lookUpAutomation(shop.lookUp)], {}, [
      row({ manufacturer: 'Fictive Inc' }),
    ])

    assert.deepEqual(filled, ['manufacturer', 'package'])
    assert.deepEqual(fields.manufacturer?.source, { method: 'catalog', path: 'part:ZX-1' })
    assert.deepEqual(fields.package, {
      value: 'SOT-23',
      confidence: 0.882,
      source: {
        method: 'service',
        path: 'shop:part:ZX-1',
        url: 'https://shop.example/v1',
        at: '2026-11-20T10:00:00.000Z',
      },
    })
    assert.deepEqual(
      matches.map(({ source, key }) => [source, key]),
      [
        [undefined, 'ZX-1'],
        ['shop', 'ZX-1'],
      ],
    )
  })

  it('asks no service when nothing is missing that it may know', async () => {
    const first = lookUpThatKnows('first', { manufacturer: 'Fictive', package: 'SOT-23', category: 'Diodes' })
    const second = lookUpThatKnows('second', { package: 'SOT-89' })

    const { fields } = await run([lookUpAutomation(first.lookUp), lookUpAutomation(second.lookUp)])

    assert.deepEqual([first.asked.length, second.asked.length], [1, 0])
    assert.equal(fields.package?.source?.path, 'first:part:ZX-1')
  })

  it('takes nothing of another part', async () => {
    const near = lookUpThatKnows('shop', { package: 'SOT-23' }, 'ZX-2')

    const { filled, matches } = await run([lookUpAutomation(near.lookUp)])

    assert.deepEqual([filled, matches], [[], []])
  })

  it('asks no service about something that it does not know', async () => {
    const { lookUp, asked } = lookUpThatKnows('shop', { package: 'SOT-23' })

    await run([lookUpAutomation(lookUp)], { seller_name: field('A Ltd') }, [], 'invoice')

    assert.equal(asked.length, 0)
  })

  it('asks a model for what is still missing, and trusts half what the fields do not hold', async () => {
    const { provider, asked } = providerThatSays({ package: '0603', category: 'Resistors', manufacturer: null })

    const { fields, modelCalls } = await run([modelAutomation(provider)], { description: field('RES 10K 0603') })

    assert.equal(asked[0]?.text, 'mpn: ZX-1\ndescription: RES 10K 0603')
    assert.deepEqual(fields.package, {
      value: '0603',
      confidence: 0.9,
      source: { method: 'model', ...SPEAKER, said: 0.9 },
    })
    assert.deepEqual(fields.category, {
      value: 'Resistors',
      confidence: 0.45,
      source: { method: 'model', grounded: false, ...SPEAKER, said: 0.45 },
    })
    assert.equal(fields.manufacturer, undefined)
    assert.equal(modelCalls?.length, 1)
  })

  it('claims its steps only when it calls out', () => {
    const alone = enrichmentStage({ makers: NO_MAKERS })
    const stage = enrichmentStage({
      makers: NO_MAKERS,
      automations: [catalogAutomation, lookUpAutomation(lookUpThatKnows('s', {}).lookUp)],
    })

    assert.deepEqual([stage.callsOut, stage.bundle], [true, 1])
    assert.deepEqual([alone.callsOut, alone.bundle], [false, undefined])
  })
})

describe('the settings of enrichment', () => {
  it('ask nothing but the catalogue as they come', () => {
    assert.deepEqual(namesWith({}), ['catalog'])
  })

  it('give the order', () => {
    const digikey = { DIGIKEY_CLIENT_ID: 'c', DIGIKEY_CLIENT_SECRET: 's' }
    const own = { HTTP_LOOKUP_URL: 'https://a.example/{key}', HTTP_LOOKUP_FIELDS: 'package=/p' }

    assert.deepEqual(namesWith({ ...digikey, ...own }), ['catalog', 'digikey', 'http'])
    assert.deepEqual(namesWith({ ...digikey, ...own, ENRICHMENT_SOURCES: 'http, catalog' }), ['http', 'catalog'])
  })

  it('are refused where they say nothing usable', () => {
    for (const [name, value] of [
      ['ENRICHMENT_SOURCES', 'catalog,elsewhere'],
      ['HTTP_LOOKUP_FIELDS', 'package'],
      ['HTTP_LOOKUP_URL', 'https://{key}/'],
      ['STAGELINE_OUTBOUND_ALLOW', 'http://localhost'],
    ]) {
      assert.throws(
        () => namesWith({ [name!]: value! }),
        (error) => error instanceof ConfigError && error.message.includes(name!),
      )
    }
  })
})

const namesWith = (env: Record<string, string>) => {
  const stores = { DATABASE_URL: 'postgres://u@h/d', REDIS_URL: 'redis://h', STAGELINE_BLOB_DIR: '/tmp' }
  return automationsOf(loadConfig({ ...stores, ...env })).map(({ name }) => name)
}

const field = (value: string) => ({ value, confidence: 0.9 })

const row = (attributes: CatalogItem['attributes'], key = 'ZX-1'): CatalogItem => ({
  kind: 'part',
  key,
  name: key,
  attributes,
})

async function run(automations: Automation[], more: Fields = {}, rows: CatalogItem[] = [], kind = 'part_record') {
  const stage = enrichmentStage({ makers: NO_MAKERS, automations })
  const find = async () => rows.map((item) => ({ ...item, method: 'exact', similarity: 1, item }))
  const signal = new AbortController().signal
  const modelTrust = async () => modelTrustOf([])
  const context = { catalog: { find }, modelTrust, signal, idempotencyKey: 'k', now: new Date('2026-11-20T10:00:00Z') }
  const known = kind === 'part_record' ? { mpn: field('ZX-1'), description: field('A diode') } : {}
  const input = stage.input.parse({ kind, fields: { ...known, ...more } })
  return stage.output.parse(await stage.handle(input, context as unknown as StageContext))
}

function lookUpThatKnows(name: string, attributes: CatalogItem['attributes'], key = 'ZX-1') {
  const asked: unknown[] = []
  const lookUp: LookUp = {
    name,
    kinds: ['part'],
    offers: ['manufacturer', 'package', 'category'],
    find: async (query) => {
      asked.push(query)
      return [{ item: row(attributes, key), url: 'https://shop.example/v1' }]
    },
  }
  return { lookUp, asked }
}

function providerThatSays(values: Record<string, string | null>) {
  const asked: Question<unknown>[] = []
  const call = { template: 'enrichment-v1', provider: 'p', model: 'stub', promptSha256: '0', durationMs: 1 }
  const said = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, confidence: 0.9 }]))
  const ask = async <Value>(question: Question<Value>): Promise<ModelAnswer<Value>> => {
    asked.push(question)
    return { value: question.schema.parse(said), shown: question.text, call }
  }
  const provider: ModelProvider = { mode: 'low-confidence', threshold: 0.7, ask }
  return { provider, asked }
}
