import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CatalogItem } from '../packages/domain/src/index.ts'
import type { ProductRecord } from '../services/enrichment/src/product-text.ts'
import { nameQuery } from '../services/enrichment/src/product-family.ts'
import { recordOfItem } from '../services/enrichment/src/product-model.ts'
import { readRows, readSet } from './data.ts'
import { trigramCatalog } from './trigram-catalog.ts'

export const MATCH_SETS = ['match-abt-buy', 'match-amazon-google', 'match-walmart-amazon'] as const
export type MatchSet = (typeof MATCH_SETS)[number]

/** Two records, and whether somebody called them the same product. */
export type Pair = { id: string; set: string; left: ProductRecord; right: ProductRecord; yes: boolean }

/** A record whose brand and number are masked, with what they were and the rows of the catalogue that are the same. */
export type Masked = {
  id: string
  record: ProductRecord
  truth: { id: string; brand: string; modelno: string; catalog_ids: string[] }
}

/** A record and what a catalogue finds by its name, nearest first. */
export type LookUp = { record: ProductRecord; rows: { record: ProductRecord; yes: boolean }[] }

/** A look-up of a masked record. */
export type Search = Masked & LookUp

type Row = Record<string, string | undefined>

/** Pairs of one share of a set: `train` and `valid`, or `''` where a folder has but one. */
export function readPairs(dir: string, set: string, share: string): Pair[] {
  const file = (name: string) => `${set}/${share ? `${share}-` : ''}${name}.ndjson`
  if (!existsSync(join(dir, file('items')))) return []
  const labels = new Map(
    readRows<{ id: string; label: number }>(dir, file('truth')).map(({ id, label }) => [id, label]),
  )
  const once = sharing()
  return readRows<{ id: string; left: Row; right: Row }>(dir, file('items')).map(({ id, left, right }) => ({
    id,
    set,
    left: once(left),
    right: once(right),
    yes: labels.get(id) === 1,
  }))
}

export const readAllPairs = (dir: string, shares: readonly string[]): Pair[] =>
  MATCH_SETS.flatMap((set) => shares.flatMap((share) => readPairs(dir, set, share)))

export const readMasked = (dir: string): Masked[] =>
  readSet<Row & { id: string }, Masked['truth']>(dir, 'enrich-walmart-amazon').map(({ item, truth }) => ({
    id: item.id,
    record: recordOf(item),
    truth,
  }))

/** Looks every record up as the stage does. */
export async function search(masked: readonly Masked[], items: readonly CatalogItem[]): Promise<Search[]> {
  const catalog = trigramCatalog(items)
  const records = new Map(items.map((item) => [item.key, recordOfItem(item)]))
  return Promise.all(
    masked.map(async (example) => {
      const hits = await catalog.find(nameQuery(example.record.name))
      const isLink = (key: string) => example.truth.catalog_ids.includes(key)
      return { ...example, rows: hits.map(({ key }) => ({ record: records.get(key)!, yes: isLink(key) })) }
    }),
  )
}

/** Looks records that are the same as another up by their names, among all that their set pairs with anything. */
export async function lookUpsAmong(pairs: readonly Pair[]): Promise<LookUp[]> {
  const sets = Object.values(Object.groupBy(pairs, ({ set }) => set))
  return (await Promise.all(sets.map((some) => lookUpsInSet(some ?? [])))).flat()
}

async function lookUpsInSet(pairs: readonly Pair[]): Promise<LookUp[]> {
  const records = [...new Set(pairs.map(({ right }) => right))]
  const items = records.map(({ name, mpn }, index): CatalogItem => ({
    kind: 'product',
    key: String(index),
    name,
    attributes: { mpn: mpn ?? null },
  }))
  const catalog = trigramCatalog(items)
  const same = Map.groupBy(
    pairs.filter(({ yes }) => yes),
    ({ left }) => left.name,
  )
  return Promise.all(
    [...same].map(async ([name, found]) => {
      const rights = new Set(found.map(({ right }) => right))
      const hits = await catalog.find(nameQuery(name))
      const rows = hits.map(({ key }) => records[Number(key)]!)
      const record = { name, price: found[0]!.left.price }
      return { record, rows: rows.map((row) => ({ record: row, yes: rights.has(row) })) }
    }),
  )
}

/** The catalogue that comes with the masked records of a folder. */
export const readCatalogue = (dir: string): CatalogItem[] =>
  readRows<Row & { id: string }>(dir, 'enrich-walmart-amazon/catalog.ndjson').map((row) => ({
    kind: 'product',
    key: row.id,
    name: row['title'] ?? '',
    attributes: {
      brand: known(row['brand']) ?? null,
      mpn: known(row['modelno']) ?? null,
      price: known(row['price']) ?? null,
    },
  }))

/** A record stands in many pairs, and is taken apart once. */
function sharing(): (row: Row) => ProductRecord {
  const records = new Map<string, ProductRecord>()
  return (row) => {
    const key = JSON.stringify(row)
    const record = records.get(key) ?? recordOf(row)
    records.set(key, record)
    return record
  }
}

function recordOf(row: Row): ProductRecord {
  const price = Number(row['price'])
  return {
    name: row['name'] ?? row['title'] ?? '',
    description: row['description'] || undefined,
    brand: known(row['brand'] ?? row['manufacturer']),
    mpn: known(row['modelno']),
    price: price > 0 ? price : undefined,
  }
}

/** Some values carry a sharp where the set is not sure of them. */
const known = (value: string | undefined): string | undefined => value?.replace(/ #$/, '') || undefined
