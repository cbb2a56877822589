import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { CatalogItem, CatalogMatch } from '@stageline/domain'
import type { Catalog, CatalogHit } from '@stageline/runtime'
import { catalogFamilies, enrich } from './enrich.ts'

const folder = process.env['STAGELINE_DATA_DIR'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const skip = existsSync(join(folder, 'enrich-walmart-amazon')) ? false : `no data in ${folder}: set STAGELINE_DATA_DIR`
if (skip) console.warn(`SKIPPED, recognising real products: ${skip}`)

const families = catalogFamilies()

type Row = { id: string; title: string; brand: string; modelno: string }
type Truth = { id: string; catalog_ids: string[] }

test('among thousands of similar products, what is surely recognised by name is the same', { skip }, async () => {
  const { items, isRight, lookUp } = setup()

  const matches = await lookUp((catalog) => catalog)

  const recognised = matches.filter(({ match }) => match !== undefined)
  const sure = recognised.filter(isSure)
  const expected = recognised.reduce((sum, { match }) => sum + (match?.certainty ?? 0), 0)
  const right = recognised.filter(isRight).length
  console.log(
    `${items.length} real products: ${recognised.length} recognised by name alone, ${right} of them right, ${Math.round(expected)} promised; ${sure.length} surely, ${sure.filter(isRight).length} of them right`,
  )
  assert.ok(sure.length / items.length >= 0.3)
  assert.ok(sure.filter(isRight).length / sure.length >= 0.97)
  assert.ok(right >= expected - 0.05 * recognised.length, 'no more is promised than kept')
})

test('a product that the catalogue lacks is hardly ever surely one of its neighbours', { skip }, async () => {
  const { items, truth, lookUp } = setup()

  const matches = await lookUp((catalog, id) => lacking(truth.get(id) ?? [], catalog))

  const sure = matches.filter(isSure)
  console.log(`${items.length} real products that are not in the catalogue: ${sure.length} surely recognised`)
  assert.ok(sure.length / items.length <= 0.03)
})

type Looked = { id: string; match: CatalogMatch | undefined }

/** So sure that the row fills fields. */
const isSure = ({ match }: Looked): boolean => (match?.certainty ?? 0) >= 0.95

function setup() {
  const truth = new Map(read<Truth>('truth').map(({ id, catalog_ids }) => [id, catalog_ids]))
  const catalog = namesOf(read<Row>('catalog').map(toItem))
  const items = read<Row>('items')
  const lookUp = (inWhich: (catalog: Catalog, id: string) => Catalog): Promise<Looked[]> =>
    Promise.all(items.map(async ({ id, title }) => ({ id, match: await matchOf(title, inWhich(catalog, id)) })))
  const isRight = ({ id, match }: Looked): boolean => truth.get(id)?.includes(match?.key ?? '') ?? false
  return { items, truth, isRight, lookUp }
}

const lacking = (keys: readonly string[], catalog: Catalog): Catalog => ({
  find: async (query) => (await catalog.find(query)).filter(({ key }) => !keys.includes(key)),
})

async function matchOf(title: string, catalog: Catalog): Promise<CatalogMatch | undefined> {
  const fields = { name: { value: title, confidence: 1 } }
  return (await enrich('product_record', fields, { catalog, families })).matches[0]
}

/** Gives the rows that share most words with the name: more than a real catalogue would, and none the wiser. */
function namesOf(items: CatalogItem[]): Catalog {
  const wordsOf = (name: string) => name.split(/[^a-z0-9]+/).filter((word) => word.length > 3)
  const byWord = new Map<string, CatalogItem[]>()
  for (const item of items) for (const word of wordsOf(item.name)) byWord.set(word, [...(byWord.get(word) ?? []), item])
  const toHit = (item: CatalogItem): CatalogHit => ({
    kind: item.kind,
    key: item.key,
    name: item.name,
    method: 'trigram',
    similarity: 0.5,
    item,
  })
  const sharing = (name: string) => {
    const found = Map.groupBy(
      wordsOf(name).flatMap((word) => rare(byWord.get(word) ?? [])),
      (item) => item,
    )
    return [...found].sort(([, a], [, b]) => b.length - a.length).map(([item]) => item)
  }
  return { find: ({ name = '' }) => Promise.resolve(sharing(name).slice(0, 40).map(toHit)) }
}

/** Words of half the catalogue find nothing that rarer ones do not. */
const rare = (items: CatalogItem[]) => (items.length > 200 ? [] : items)

const toItem = ({ id, title, brand, modelno }: Row): CatalogItem => ({
  kind: 'product',
  key: id,
  name: title,
  attributes: { brand: known(brand), mpn: known(modelno) },
})

/** The set marks what it is not sure of with a sharp. */
const known = (value: string) => value.replace(/ #$/, '') || null

const read = <Line>(name: string): Line[] =>
  readFileSync(join(folder, 'enrich-walmart-amazon', `${name}.ndjson`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
