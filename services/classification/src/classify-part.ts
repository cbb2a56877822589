import { categoryFeatures, type PartText } from './category-features.ts'
import type { Models } from './models.ts'

/** The category of a part as distributors sort them, with its probability. Empty where there is nothing to go by. */
export function classifyPart(part: PartText, models: Models): { category?: string; categoryConfidence?: number } {
  if (part.mpn.trim() === '' && part.description.trim() === '') return {}
  const [best] = models.category.predict(categoryFeatures(part))
  if (!best) return {}
  return { category: best.label, categoryConfidence: Number(best.probability.toFixed(4)) }
}
