/**
 * Trains the models that the services ship and writes them beside the service that uses them:
 * `node training/train.ts [--only NAME] [--data DIR]`, the names below. The same data and seed give the same bytes.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { learnAttributes } from './attributes.ts'
import { learnCategory, learnFamily } from './category.ts'
import { dataDir } from './data.ts'
import { learnKind } from './kind.ts'
import { learnInvoice } from './invoice.ts'
import { learnManufacturer } from './manufacturer.ts'
import { learnProduct } from './product-catalogue.ts'
import { learnProductCategory } from './product-category.ts'
import { learnProductPage } from './product-page.ts'
import { learnReceipt } from './receipt.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, data: { type: 'string' } } })

const MODELS: Record<string, { file: string; learn: (dir: string) => object | Promise<object> }> = {
  kind: { file: 'services/classification/models/kind.json.gz', learn: learnKind },
  category: { file: 'services/classification/models/category.json.gz', learn: learnCategory },
  family: { file: 'services/classification/models/family.json.gz', learn: learnFamily },
  manufacturer: { file: 'services/enrichment/models/manufacturer.json.gz', learn: learnManufacturer },
  receipt: { file: 'services/extraction/models/receipt.json.gz', learn: learnReceipt },
  invoice: { file: 'services/extraction/models/invoice.json.gz', learn: learnInvoice },
  'product-page': { file: 'services/extraction/models/product-page.json.gz', learn: learnProductPage },
  product: { file: 'services/enrichment/models/product.json.gz', learn: learnProduct },
  'product-category': { file: 'services/classification/models/product-category.json.gz', learn: learnProductCategory },
  attributes: { file: 'services/extraction/models/attributes.json.gz', learn: learnAttributes },
}

for (const name of values.only ? [values.only] : Object.keys(MODELS)) {
  const model = MODELS[name]
  if (!model) throw new Error(`No model "${name}": one of ${Object.keys(MODELS).join(', ')}`)
  process.stderr.write(`${name}\n`)
  const bytes = gzipSync(JSON.stringify(await model.learn(dataDir(values.data))), { level: 9 })
  writeFileSync(join(import.meta.dirname, '..', model.file), bytes)
  console.log(`${model.file} ${bytes.length} bytes`)
}
