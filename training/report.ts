/** One measured figure. `floor` is what has to be reached; absent where none is set. */
export type Figure = {
  set: string
  metric: string
  floor?: number
  mean: number
  deviation: number
  items: number
  itemsPerSecond?: number
  /** Further figures of the same run: per field, per class, calibration error. */
  details?: Record<string, number>
}

export function printFigure(figure: Figure): void {
  const floor = figure.floor === undefined ? '' : `  floor ${percent(figure.floor)}`
  const pace = figure.itemsPerSecond === undefined ? '' : `  ${figure.itemsPerSecond} items/s`
  const value = `${percent(figure.mean)} ± ${percent(figure.deviation)}`
  console.log(`${figure.set.padEnd(16)} ${figure.metric.padEnd(34)} ${value}${floor}  n=${figure.items}${pace}`)
  const details = Object.entries(figure.details ?? {}).map(([name, number]) => `${name} ${number.toFixed(3)}`)
  if (details.length > 0) console.log(`${' '.repeat(17)}${details.join('  ')}`)
}

const percent = (share: number): string => (100 * share).toFixed(1)
