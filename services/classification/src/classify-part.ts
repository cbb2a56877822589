import type { Classification } from '@stageline/domain'
import { categoryFeatures, type PartText } from './category-features.ts'
import type { Models } from './models.ts'

type Sorted = Pick<Classification, 'category' | 'categoryConfidence' | 'family' | 'familyConfidence'>

/**
 * Category of a part as distributors sort them, and its family within, each with its probability. Empty where there is
 * nothing to go by.
 */
export function classifyPart(part: PartText, models: Pick<Models, 'category' | 'family'>): Sorted {
  if (part.mpn.trim() === '' && part.description.trim() === '') return {}
  const features = categoryFeatures(part)
  const [best] = models.category.predict(features)
  if (!best) return {}
  const [family] = models.family.predict(best.label, features)
  return {
    category: best.label,
    categoryConfidence: round(best.probability),
    ...(family ? { family: family.label, familyConfidence: round(best.probability * family.probability) } : {}),
  }
}

const round = (probability: number): number => Number(probability.toFixed(4))
