import { calibrated } from '../services/extraction/src/calibration.ts'
import { loadScorer } from './data.ts'
import { fitCalibration } from './isotonic.ts'

/** An answer to one example: its raw score, and whether it was right. */
export type ScoredAnswer = { id: string; fold: number; score: number; right: boolean }

type Scorer = { curve(rows: { confidence: number; correct: boolean }[]): { ece: number } }

/**
 * Expected calibration error (10 bins) of confidences that come from tables fitted without the fold they are used on.
 * `pool` adds answers of another split; those to examples of the fold are left out as well.
 */
export async function heldOutError(
  dir: string,
  answers: readonly ScoredAnswer[],
  pool: readonly ScoredAnswer[] = [],
): Promise<number> {
  const { curve } = await loadScorer<Scorer>(dir, 'confidence')
  const folds = Object.values(Object.groupBy(answers, ({ fold }) => fold)).map((fold) => fold ?? [])
  const rows = folds.flatMap((fold) => {
    const ids = new Set(fold.map(({ id }) => id))
    const table = fitCalibration([...answers, ...pool].filter(({ id }) => !ids.has(id)))
    return fold.map(({ score, right }) => ({ confidence: calibrated(table, score), correct: right }))
  })
  return curve(rows).ece
}
