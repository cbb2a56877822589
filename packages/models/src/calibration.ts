/**
 * Turns raw scores into chances of being right, as held-out data showed them: pairs of score and share, rising, read
 * with straight lines between. Fitted by training with isotonic regression.
 */
export type Calibration = readonly (readonly [score: number, chance: number])[]

export function calibrated(calibration: Calibration | undefined, score: number): number {
  if (!calibration || calibration.length === 0) return score
  const next = calibration.findIndex(([edge]) => edge >= score)
  if (next === 0) return calibration[0]![1]
  if (next === -1) return calibration.at(-1)![1]
  const [lowScore, lowChance] = calibration[next - 1]!
  const [highScore, highChance] = calibration[next]!
  if (highScore === lowScore) return highChance
  return lowChance + ((score - lowScore) / (highScore - lowScore)) * (highChance - lowChance)
}
