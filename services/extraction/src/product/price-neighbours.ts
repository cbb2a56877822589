/** A printed amount, with the line where it stands. */
export type PlacedPrice = { value: string; at: number; traits: Set<string> }

/** Tells of each price what only the prices beside it can tell: nothing is old without a new one, and tax comes in pairs. */
export function compareNeighbours(prices: readonly PlacedPrice[]): void {
  const offered = prices.filter(isOffered)
  const isAlone = offered.length > 0 && offered.every(({ traits }) => traits.has('in:struck'))
  for (const { traits } of isAlone ? offered : []) {
    traits.delete('in:struck')
    traits.add('struck:alone')
  }
  for (const [first, second] of taxPairs(prices)) {
    first.traits.add('tax:first')
    second.traits.add('tax:second')
  }
}

/** An amount where the page sells that is neither a change of the price nor for something else. */
const isOffered = ({ traits }: PlacedPrice): boolean =>
  (traits.has('place:close') || traits.has('place:buying')) &&
  traits.has('currency:beside') &&
  !NOT_OFFERED.some((trait) => traits.has(trait))

const NOT_OFFERED = [
  'minus',
  'plus',
  'line:untaxed',
  'line:save',
  'line:ship',
  'line:rate',
  'line:limit',
  'line:unit',
  'in:chrome',
  'in:others',
]

/** The same price with and without tax, in the order in which the shop prints them. */
function taxPairs(prices: readonly PlacedPrice[]): [PlacedPrice, PlacedPrice][] {
  return prices.flatMap((first, index): [PlacedPrice, PlacedPrice][] => {
    const second = prices[index + 1]
    if (!second || second.at - first.at > PAIR_REACH) return []
    const isPair = [first, second].some(({ traits }) => traits.has('line:untaxed')) && differByTax(first, second)
    return isPair ? [[first, second]] : []
  })
}

const PAIR_REACH = 3

/** Rates of value added tax go from 3 % (Switzerland's lower one) to 27 % (Hungary). */
function differByTax(a: PlacedPrice, b: PlacedPrice): boolean {
  const [low = 0, high = 0] = [Number(a.value), Number(b.value)].toSorted((x, y) => x - y)
  return high > low * 1.02 && high < low * 1.275
}
