import type { Field, Fields } from '@stageline/domain'
import type { Models } from '../models.ts'
import { readAttributes } from './read-attributes.ts'

type Category = { name: string; confidence: number }

/** Attributes of the wrong category are worse than none. */
export const LEAST_CATEGORY_CONFIDENCE = 0.8

/** Values more doubtful are noise to somebody who did not ask for them. */
export const LEAST_CONFIDENCE = 0.25

/** What the title of a product says of it: `attribute.<name>` for the attributes that its category has, and the category. */
export function titleFields(given: Fields, models: Models, category: Category | undefined): Fields {
  if (!category || category.confidence < LEAST_CATEGORY_CONFIDENCE) return {}
  const name = given['name']
  const title = String(name?.value ?? '')
  const model = models.attributes().find(({ schema }) => schema.find(category.name))
  if (!model) return {}
  const source = { method: 'text' as const, ...where(name), text: title.slice(0, 500) }
  const found = readAttributes(model, title, category.name).map((reading): [string, Field] => [
    `attribute.${reading.name}`.slice(0, 64),
    { value: reading.value, confidence: reading.confidence * category.confidence, source },
  ])
  return {
    ...Object.fromEntries(found.filter(([, { confidence }]) => confidence >= LEAST_CONFIDENCE)),
    category: {
      value: category.name,
      confidence: category.confidence,
      source: { method: 'rule', path: 'classification' },
    },
  }
}

const where = (name: Field | undefined): { path?: string } =>
  name?.source?.path === undefined ? {} : { path: name.source.path }
