import { evaluateCategory } from './category.ts'
import type { Dirs } from './data.ts'
import { evaluateManufacturer } from './manufacturer.ts'
import type { Measured } from './report.ts'

/** All that is said of an electronic part. */
export async function evaluateParts(dirs: Dirs): Promise<Measured> {
  const [sorted, made] = [await evaluateCategory(dirs), await evaluateManufacturer(dirs)]
  return {
    figures: [...sorted.figures, ...made.figures],
    predictions: { ...sorted.predictions, ...made.predictions },
  }
}
