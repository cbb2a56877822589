import type { Calibration } from '../services/extraction/src/calibration.ts'

/**
 * A sigmoid of the score's log odds (Platt 1999, with its targets that never promise certainty), as a table: two numbers
 * are learned, so that a few dozen answers are enough. The slope is kept from turning.
 */
export function fitSigmoid(outcomes: readonly { score: number; right: boolean }[]): Calibration {
  const right = outcomes.filter((one) => one.right).length
  const targets = { yes: (right + 1) / (right + 2), no: 1 / (outcomes.length - right + 2) }
  const rows = outcomes.map(({ score, right: isRight }) => ({
    odds: logOdds(score),
    target: isRight ? targets.yes : targets.no,
  }))
  const line = descend(rows)
  return SCORES.map((score) => [score, Number(sigmoid(line.slope * logOdds(score) + line.offset).toFixed(4))] as const)
}

const SCORES = [0.01, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999]

/** Newton's method on the log loss with a weak pull to the score as it is. */
function descend(rows: readonly { odds: number; target: number }[]): { slope: number; offset: number } {
  let [slope, offset] = [1, 0]
  for (let step = 0; step < STEPS; step += 1) {
    let [g1, g2, h11, h12, h22] = [PULL * (slope - 1), PULL * offset, PULL, 0, PULL]
    for (const { odds, target } of rows) {
      const chance = sigmoid(slope * odds + offset)
      const weight = chance * (1 - chance)
      g1 += (chance - target) * odds
      g2 += chance - target
      h11 += weight * odds * odds
      h12 += weight * odds
      h22 += weight
    }
    const determinant = h11 * h22 - h12 * h12
    slope = Math.max(LEAST_SLOPE, slope - (h22 * g1 - h12 * g2) / determinant)
    offset -= (h11 * g2 - h12 * g1) / determinant
  }
  return { slope, offset }
}

const STEPS = 30
const PULL = 1
const LEAST_SLOPE = 0.05
const MOST_ODDS = 7
const sigmoid = (odds: number): number => 1 / (1 + Math.exp(-odds))
const logOdds = (score: number): number =>
  Math.max(-MOST_ODDS, Math.min(MOST_ODDS, Math.log(Math.max(score, 1e-9) / Math.max(1 - score, 1e-9))))
