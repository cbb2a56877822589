/** One measured figure, 0 to 1. */
export type Figure = {
  set: string
  metric: string
  /** What the tests demand; absent where they demand nothing. */
  floor?: number
  /** What the trivial system reaches that comes with the data. */
  baseline?: number
  /** What is aimed at. */
  target?: number
  /** Whether what else is demanded besides the target is kept, such as the certainty that few are wrong. */
  kept?: boolean
  /** What others published for the same set, with their names. */
  published?: string
  mean: number
  deviation: number
  items: number
  itemsPerSecond?: number
  /** Further figures of the same run: per field, per class, calibration error. */
  details?: Record<string, number>
}

/** What came of one set: its figures, and the predictions behind them in the form that the scorer of the set reads. */
export type Measured = {
  figures: Figure[]
  /** File name, without `.ndjson`, to the predictions of the items that were tested. */
  predictions: Record<string, object[]>
}

export function printFigure(figure: Figure): void {
  const floor = figure.floor === undefined ? '' : `  floor ${percent(figure.floor)}`
  const target = figure.target === undefined ? '' : `  target ${percent(figure.target)}`
  const pace = figure.itemsPerSecond === undefined ? '' : `  ${figure.itemsPerSecond} items/s`
  const value = `${percent(figure.mean)} ± ${percent(figure.deviation)}`
  console.log(
    `${figure.set.padEnd(16)} ${figure.metric.padEnd(34)} ${value}${floor}${target}  n=${figure.items}${pace}`,
  )
  const details = Object.entries(figure.details ?? {}).map(([name, number]) => `${name} ${number.toFixed(3)}`)
  if (details.length > 0) console.log(`${' '.repeat(17)}${details.join('  ')}`)
  if (figure.published) console.log(`${' '.repeat(17)}published: ${figure.published}`)
}

const percent = (share: number): string => (100 * share).toFixed(1)

/** The figure with whether its target is met; null where it has none. */
export const withVerdict = (figure: Figure): Figure & { met: boolean | null } => ({
  ...figure,
  met: isMet(figure),
})

/** Null where nothing is aimed at. */
export const isMet = ({ target, mean, kept = true }: Figure): boolean | null =>
  target === undefined ? null : mean >= target && kept
