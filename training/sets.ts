import { evaluateAe110k, evaluateOaMine } from './attributes.ts'
import type { Dirs } from './data.ts'
import { evaluateEn16931Rules } from './en16931-rules.ts'
import { evaluateInvoice } from './invoice.ts'
import { evaluateInvoice2data } from './invoice2data.ts'
import { evaluateKind } from './kind.ts'
import { evaluateParts } from './parts.ts'
import { evaluateProductCatalogue } from './product-catalogue.ts'
import { evaluateAbtBuy, evaluateAmazonGoogle, evaluateWalmartAmazon } from './product-match-sets.ts'
import { evaluateProductCategory } from './product-category.ts'
import { evaluateProductPage } from './product-page.ts'
import { evaluateReceipt } from './receipt.ts'
import type { Measured } from './report.ts'

/** What can be measured, by the name of its set. */
export const SETS: Readonly<Record<string, (dirs: Dirs) => Promise<Measured>>> = {
  doctype: evaluateKind,
  'parts-digikey': evaluateParts,
  sroie: evaluateReceipt,
  einvoice: evaluateInvoice,
  invoice2data: evaluateInvoice2data,
  'product-pages': evaluateProductPage,
  'product-titles': evaluateProductCategory,
  'oa-mine': evaluateOaMine,
  'ae-110k': evaluateAe110k,
  'en16931-rules': evaluateEn16931Rules,
  'match-abt-buy': evaluateAbtBuy,
  'match-amazon-google': evaluateAmazonGoogle,
  'match-walmart-amazon': evaluateWalmartAmazon,
  'enrich-walmart-amazon': evaluateProductCatalogue,
}
