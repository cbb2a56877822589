import type { ChainModel } from '@stageline/models'
import type { Fields } from '@stageline/domain'
import { makerChains } from './maker-chains.ts'
import { textOf } from './text-of.ts'

/** The trained model of makers, read when it is first needed. */
export type Makers = () => Pick<ChainModel, 'predict'>

/**
 * The maker of a part that names none, told by its number: filled only where it is likelier right than wrong. The
 * source names the model, so that nobody takes it for a row of the catalogue.
 */
export function guessMaker(fields: Fields, makers: Makers): Fields {
  const mpn = textOf(fields, 'mpn')
  if (!mpn || textOf(fields, 'manufacturer')) return {}
  const [best] = makers().predict(makerChains(mpn, textOf(fields, 'description')))
  if (!best || best.probability < LIKELY) return {}
  const confidence = Math.round(Math.min(best.probability, SUREST) * (fields['mpn']?.confidence ?? 1) * 10_000) / 10_000
  return { manufacturer: { value: best.label, confidence, source: { method: 'rule', path: 'model:manufacturer' } } }
}

const LIKELY = 0.5

/** Any maker may begin to sell a part under a known number. */
const SUREST = 0.99
