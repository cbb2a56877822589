/** What a figure is measured as and held to. Ratios are of one round, against what ran in the same round. */
export type Figure = {
  name: string
  title: string
  unit: string
  /** Which way is good. */
  better: 'more' | 'less'
  target: number
  floor: number
  /** What others do, measured elsewhere or here, for readers. */
  reference: string
  /**
   * @param options.rounds how often each side is measured
   * @param options.report told how far it is
   */
  measure(options: MeasureOptions): Promise<Measured>
}

export type MeasureOptions = { rounds: number; report: (line: string) => void }

export type Measured = {
  /** What is held to target and floor, one a round. */
  values: number[]
  /** The figure of ours in its own unit, one a round, where `values` are ratios. */
  ours?: number[]
  /** The same of others, by name. */
  peers?: Record<string, number[]>
  /** What a reader should know beside it: parts, percentiles, sizes. */
  notes?: Record<string, string | number>
}

export type Result = Omit<Figure, 'measure'> &
  Measured & { value: number; range: [number, number]; met: 'target' | 'floor' | 'no' }

export async function measureFigure({ measure, ...about }: Figure, options: MeasureOptions): Promise<Result> {
  const measured = await measure(options)
  const value = medianOf(measured.values)
  const reaches = (bound: number) => (about.better === 'more' ? value >= bound : value <= bound)
  return {
    ...about,
    ...measured,
    value,
    range: [Math.min(...measured.values), Math.max(...measured.values)],
    met: reaches(about.target) ? 'target' : reaches(about.floor) ? 'floor' : 'no',
  }
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** @param share 0.99 for the 99th percentile */
export function percentileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
