import type { FieldValue } from '@stageline/domain'

/**
 * A decimal number without rounding: `units` of 10^-scale. Amounts are never turned into floating-point numbers, which
 * cannot hold a cent.
 */
export type Decimal = { units: bigint; scale: number }

/** Reads `"1234.50"`; undefined for anything else, also for grouped digits or a comma: extraction has removed those. */
export function decimalOf(value: FieldValue | undefined): Decimal | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  const match = /^([+-]?\d{1,30})(?:\.(\d{1,30}))?$/.exec(text)
  if (!match) return undefined
  const [, whole = '', fraction = ''] = match
  return { units: BigInt(whole + fraction), scale: fraction.length }
}

export const plus = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.scale, b.scale)
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale }
}

export const minus = (a: Decimal, b: Decimal): Decimal => plus(a, negative(b))

export const negative = ({ units, scale }: Decimal): Decimal => ({ units: -units, scale })

export const absolute = (number: Decimal): Decimal => (number.units < 0n ? negative(number) : number)

export const times = (a: Decimal, b: Decimal): Decimal => ({ units: a.units * b.units, scale: a.scale + b.scale })

export const sum = (numbers: readonly Decimal[]): Decimal => numbers.reduce(plus, { units: 0n, scale: 0 })

/** Negative, zero or positive, as `a` is below, at or above `b`. */
export const compare = (a: Decimal, b: Decimal): number => {
  const scale = Math.max(a.scale, b.scale)
  const difference = unitsAt(a, scale) - unitsAt(b, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export const isZero = (number: Decimal) => number.units === 0n

export const isPositive = (number: Decimal) => number.units > 0n

/** Rounded to `scale` digits, halves away from zero, as invoices are (EN 16931). */
export function roundTo(number: Decimal, scale: number): Decimal {
  if (number.scale <= scale) return { units: unitsAt(number, scale), scale }
  const divisor = 10n ** BigInt(number.scale - scale)
  const half = number.units < 0n ? -divisor / 2n : divisor / 2n
  return { units: (number.units + half) / divisor, scale }
}

/** With as many digits as it has: `1234.50`. */
export function textOfDecimal({ units, scale }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const sign = units < 0n ? '-' : ''
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const unitsAt = ({ units, scale }: Decimal, wanted: number) => units * 10n ** BigInt(wanted - scale)
