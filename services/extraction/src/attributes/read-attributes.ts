import { calibrated } from '../calibration.ts'
import type { AttributeModel } from './attribute-model.ts'
import { spanChances, type SpanChances } from './span-scores.ts'
import { titleForm, titleParts, type TitleForm } from './title-form.ts'

/** A value that a title gives for an attribute. */
export type AttributeReading = {
  name: string
  /** As it stands in the title. */
  value: string
  /** Its share among all spans that could be the value, were there surely one. */
  share: number
  /** The same, but counting that there may be none: what the table of the model turns into a chance. */
  score: number
  /** Chance of being right. */
  confidence: number
}

/** Half of the F1 that is in reach: from there on more is won than lost by answering (Lipton et al. 2014). */
const LEAST = 0.4

/** The best value of each attribute of a category that a title gives, where it leads the others clearly enough. */
export function readAttributes(model: AttributeModel, title: string, category: string): AttributeReading[] {
  return allReadings(model, title, category).filter((reading) => reading[model.decidesBy] >= LEAST)
}

function allReadings(model: AttributeModel, title: string, category: string): AttributeReading[] {
  const place = model.schema.find(category)
  if (!place) return []
  const form = titleForm(titleParts(title), place, model.vocabulary)
  const texts = form.spans.map(({ from, to }) => title.slice(form.tokens[from]!.start, form.tokens[to]!.end))
  const chances = spanChances(form, model.weights(place))
  return place.attributes.flatMap((name, attribute) => {
    const best = bestValue(form, texts, chances, attribute)
    if (!best) return []
    const share = best.score / Math.max(1 - chances.none[attribute]!, 1e-9)
    return [{ name, ...best, share, confidence: calibrated(model.calibration, best.score) }]
  })
}

/** Spans with the same text are one value. */
function bestValue(
  { spans }: TitleForm,
  texts: readonly string[],
  chances: SpanChances,
  attribute: number,
): { value: string; score: number } | undefined {
  const width = chances.none.length
  const negligible = (1 - chances.none[attribute]!) / 1000
  const sums = new Map<string, number>()
  let best: { value: string; score: number } | undefined
  for (let span = 0; span < spans.length; span += 1) {
    const chance = chances.spans[span * width + attribute]!
    if (chance < negligible) continue
    const score = (sums.get(texts[span]!) ?? 0) + chance
    sums.set(texts[span]!, score)
    if (!best || score > best.score) best = { value: texts[span]!, score }
  }
  return best
}
