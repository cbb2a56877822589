/**
 * Writes the catalogue that a new installation begins with: `node examples/catalog/make-catalog.ts`. Parts are
 * industry part numbers as their makers' numbering systems spell them; vendors and products are made up, with VAT ids
 * and GTINs whose check digits are right. Every run writes the same files.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CatalogItem } from '@stageline/domain'
import { parts } from './parts.ts'
import { products } from './products.ts'
import { vendors } from './vendors.ts'

const write = (name: string, items: CatalogItem[]) => {
  writeFileSync(join(import.meta.dirname, `${name}.ndjson`), items.map((item) => `${JSON.stringify(item)}\n`).join(''))
}

write('parts', parts())
write('vendors', vendors())
write('products', products())
