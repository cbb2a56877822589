import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { DocumentModel, Extraction } from '../packages/domain/src/document.ts'
import { createDocumentReader } from '../packages/documents/src/index.ts'
import { extractProductPage } from '../services/extraction/src/product/extract-product-page.ts'
import { priceCandidates, type ProductCandidate } from '../services/extraction/src/product/price-candidates.ts'
import { productFacts } from '../services/extraction/src/product/product-facts.ts'
import { productModel, type ProductModelFile } from '../services/extraction/src/product/product-model.ts'
import { skuCandidates } from '../services/extraction/src/product/sku-candidates.ts'
import { heldOutError, type ScoredAnswer } from './calibration-error.ts'
import { crossValidate, type Outcome } from './cross-validate.ts'
import { loadScorer, readSet, type Dirs } from './data.ts'
import { makeFolds, roundsOf, splits } from './folds.ts'
import { fitCalibration } from './isotonic.ts'
import { ownPages } from './own-pages.ts'
import type { Measured } from './report.ts'
import { trainSoftmax, type Example } from './softmax.ts'

type Item = { id: string; file: string; url: string }
type Truth = { id: string } & Partial<Record<'price' | 'sku' | 'availability' | 'brand' | 'gtin' | 'mpn', string[]>>
type Page = {
  id: string
  host: string
  document: DocumentModel
  truth: Truth
  prices: ProductCandidate[]
  skus: ProductCandidate[]
}
type Scored = { f1: number; f1_std: number }
type Scorer = { score(truth: object[], predictions: object[]): Record<'price' | 'sku' | 'availability', Scored> }

const OPTIONS = { epochs: 15, rate: 0.15, penalty: 3e-4, minCount: 2 }

export async function learnProductPage(dir: string): Promise<ProductModelFile> {
  const pages = await readPages(dir)
  const { outcomes } = crossValidate(splits(foldsOf(pages)), learn, predict)
  return {
    ...learn(pages),
    calibration: { price: fitCalibration(rowsOf(outcomes, 'price')), sku: fitCalibration(rowsOf(outcomes, 'sku')) },
  }
}

export async function evaluateProductPage(dirs: Dirs): Promise<Measured> {
  const { score } = await loadScorer<Scorer>(dirs.train, 'pages')
  const { outcomes, itemsPerSecond } = crossValidate(await roundsOf(dirs, readPages, foldsOf), learn, predict)
  const guesses = outcomes.map(({ example, prediction }) => ({ id: example.id, ...flat(prediction) }))
  const scores = score(
    outcomes.map(({ example }) => example.truth),
    guesses,
  )
  const others = (['brand', 'gtin', 'mpn'] as const).map((field): [string, number] => [field, f1Of(outcomes, field)])
  const errors = {
    ece_price: await heldOutError(dirs.train, rowsOf(outcomes, 'price')),
    ece_sku: await heldOutError(dirs.train, rowsOf(outcomes, 'sku')),
  }
  const figures = (['price', 'sku', 'availability'] as const).map((field, index) => ({
    set: 'product-pages',
    metric: `${field} F1`,
    ...AIMS[field],
    mean: scores[field].f1,
    deviation: scores[field].f1_std,
    items: outcomes.length,
    itemsPerSecond,
    ...(index === 0 ? { details: { ...Object.fromEntries(others), ...errors } } : {}),
  }))
  return { figures, predictions: { 'product-pages': guesses } }
}

const AIMS = {
  price: { target: 0.95, published: 'Zyte 91.8, Diffbot 82.4, extruct 68.5 (all 140 pages)' },
  sku: { target: 0.84, published: 'Zyte 84.1, Diffbot 76.5, extruct 53.7 (all 140 pages)' },
  availability: { target: 0.97, published: 'Zyte 95.7, Diffbot 94.3, extruct 62.6 (all 140 pages)' },
}

const flat = ({ fields }: Extraction): object =>
  Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]))

const rowsOf = (outcomes: Outcome<Page, Extraction>[], field: 'price' | 'sku'): ScoredAnswer[] =>
  outcomes.flatMap(({ example, prediction, fold }) => {
    const answer = prediction.fields[field]
    const right = isRight(field, String(answer?.value), example.truth)
    return answer ? [{ id: example.id, fold, score: answer.confidence, right }] : []
  })

function f1Of(outcomes: Outcome<Page, Extraction>[], field: 'brand' | 'gtin' | 'mpn'): number {
  const plain = (text: string): string => text.toLowerCase().replace(/^0+|\s+/g, '')
  const hits = outcomes.filter(({ example, prediction }) =>
    (example.truth[field] ?? []).map(plain).includes(plain(String(prediction.fields[field]?.value ?? ''))),
  )
  const given = outcomes.filter(({ prediction }) => prediction.fields[field]).length
  const wanted = outcomes.filter(({ example }) => (example.truth[field] ?? []).length > 0).length
  return (2 * hits.length) / (given + wanted)
}

const models = new WeakMap<ProductModelFile, ReturnType<typeof productModel>>()
function predict(file: ProductModelFile, { document }: Page): Extraction {
  const model = models.get(file) ?? productModel(file)
  models.set(file, model)
  return extractProductPage(document, model)
}

function learn(pages: Page[]): ProductModelFile {
  const all = [
    ...pages,
    ...ownPages().map(({ document, truth }) => withCandidates({ id: truth.id, host: 'own', document, truth })),
  ]
  return {
    price: trainSoftmax(
      all.flatMap(({ prices, truth }) => labelled('price', prices, truth)),
      OPTIONS,
    ),
    sku: trainSoftmax(
      all.flatMap(({ skus, truth }) => labelled('sku', skus, truth)),
      OPTIONS,
    ),
    calibration: {},
  }
}

function withCandidates(page: Omit<Page, 'prices' | 'skus'>): Page {
  const facts = productFacts(page.document)
  const name = String(extractProductPage(page.document, EMPTY).fields['name']?.value ?? '')
  return { ...page, prices: priceCandidates(page.document, facts, name), skus: skuCandidates(page.document, facts) }
}

const labelled = (field: 'price' | 'sku', candidates: ProductCandidate[], truth: Truth): Example[] =>
  candidates.map(({ features, value }) =>
    isRight(field, value, truth)
      ? { features, label: 'yes', weight: 1 }
      : { features, label: 'no', weight: Math.min(1, 15 / candidates.length) },
  )

const isRight = (field: 'price' | 'sku', value: string, truth: Truth): boolean =>
  (truth[field] ?? []).some((one) => (field === 'price' ? Number(one) === Number(value) : one === value))

const foldsOf = (pages: Page[]): Page[][] => makeFolds(pages, { group: ({ host }) => host })

async function readPages(dir: string): Promise<Page[]> {
  await using reader = createDocumentReader()
  const pages: Page[] = []
  for (const { item, truth } of readSet<Item, Truth>(dir, 'product-pages')) {
    const document = await reader.read(gunzipSync(readFileSync(join(dir, 'product-pages', item.file))), {
      mediaType: 'text/html',
    })
    pages.push(withCandidates({ id: item.id, host: new URL(item.url).host, document, truth }))
  }
  return pages
}

const nothing = { labels: ['no', 'yes'], features: [], weights: '', scale: 1, bias: [0, 0], temperature: 1 }
const EMPTY = productModel({ price: nothing, sku: nothing, calibration: {} })
