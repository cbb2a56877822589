import { absolute, compare, minus, roundTo, times, type Decimal } from '../decimal.ts'

const ONE = { units: 1n, scale: 0 }

/** So many percent of a base, in cents. */
export const percentOf = (base: Decimal, rate: Decimal): Decimal =>
  roundTo(times(base, { units: rate.units, scale: rate.scale + 2 }), 2)

/**
 * Whether two amounts lie within one unit of the currency: as much as rounding line by line may sum up to, by the
 * validation artefacts that come with EN 16931.
 */
export const isWithinOne = (a: Decimal, b: Decimal): boolean => compare(absolute(minus(a, b)), ONE) < 0

/** The same, signs aside. */
export const isTaxWithinOne = (a: Decimal, b: Decimal): boolean => isWithinOne(absolute(a), absolute(b))
