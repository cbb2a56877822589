import type { MeasureOptions } from './figure.ts'

/** Measures once a round, in turn. What figures share is measured once for all of them. */
export function oncePerRound<T>(
  measure: (round: number, report: MeasureOptions['report']) => Promise<T>,
): (options: MeasureOptions) => Promise<T[]> {
  const known: T[] = []
  return async ({ rounds, report }) => {
    while (known.length < rounds) {
      const round = known.length + 1
      known.push(await measure(round, (line) => report(`round ${round}: ${line}`)))
    }
    return known.slice(0, rounds)
  }
}

/** In an order that changes from round to round: whoever comes first finds another machine than whoever comes last. */
export async function eachInTurn<T>(
  names: readonly string[],
  round: number,
  measure: (name: string) => Promise<T>,
): Promise<Map<string, T>> {
  const all = new Map<string, T>()
  for (const name of round % 2 === 1 ? names : names.toReversed()) all.set(name, await measure(name))
  return all
}

/** To tell people: a few digits. */
export const rounded = (value: number): number => Number(value.toPrecision(3))
