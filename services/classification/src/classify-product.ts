import type { RecordInput } from '@stageline/domain'
import type { LinearModel } from '@stageline/models'
import type { Models } from './models.ts'
import { titleFeatures } from './title-features.ts'

/** The label of titles that are of no known category. */
export const NO_CATEGORY = 'other'

/** The category of a product: the one that the record names where it is known, otherwise the one its title speaks for. */
export function classifyProduct(
  record: RecordInput['record'],
  models: Models,
): { category?: string; categoryConfidence?: number } {
  const named = namedCategory(textOf(record, /^(product_?)?categor(y|ie)$|^kategorie$/i), models.productCategory)
  if (named) return { category: named, categoryConfidence: 1 }
  return classifyTitle(textOf(record, /^(product_?)?(name|title)$|^produkt$|^produit$|^artikel$/i), models)
}

/** The category of a title with its probability. Empty where it is most probably none that is known. */
export function classifyTitle(title: string, models: Models): { category?: string; categoryConfidence?: number } {
  const [best] = title.trim() === '' ? [] : models.productCategory.predict(titleFeatures(title))
  if (!best || best.label === NO_CATEGORY) return {}
  return { category: best.label, categoryConfidence: Number(best.probability.toFixed(4)) }
}

const namedCategory = (name: string, model: LinearModel): string | undefined =>
  model.labels.find((label) => label !== NO_CATEGORY && label.toLowerCase() === name.trim().toLowerCase())

function textOf(record: RecordInput['record'], name: RegExp): string {
  const value = Object.entries(record).find(([key]) => name.test(key))?.[1]
  return typeof value === 'string' ? value : ''
}
