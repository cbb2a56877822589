/** An amount of a receipt with what the words before it call it. */
export type NamedAmount = { cents: number; kinds: readonly string[] }

/** The sums of a receipt that come out at an amount. */
type Sum = 'paid' | 'taxed' | 'rounded'

/** Tells of an amount which sums make it the total: what was paid less change, net and tax, exact sum and rounding. */
export function checkSums(mentioned: readonly NamedAmount[]): (cents: number) => Sum[] {
  const amounts = mentioned.slice(0, MOST_AMOUNTS)
  const all = [...new Set(amounts.map(({ cents }) => cents))]
  const named = (kind: string): number[] => [
    ...new Set(amounts.flatMap(({ cents, kinds }) => (cents !== 0 && kinds.includes(kind) ? [Math.abs(cents)] : []))),
  ]
  const [paid, change, taxes] = [named('cash'), named('change'), named('tax')]
  const steps = named('round').filter((step) => step < ROUNDED_BELOW)
  const sums: Record<Sum, Set<number>> = {
    paid: new Set(paid.flatMap((given) => change.map((back) => given - back))),
    taxed: new Set(taxes.flatMap((tax) => all.filter((net) => net > tax).map((net) => net + tax))),
    rounded: new Set(
      steps.flatMap((step) => all.filter((exact) => exact > step).flatMap((exact) => [exact + step, exact - step])),
    ),
  }
  return (cents) => SUMS.filter((sum) => sums[sum].has(cents))
}

const SUMS = ['paid', 'taxed', 'rounded'] as const
const ROUNDED_BELOW = 5

/** No receipt has more; pairs of them are looked at. */
const MOST_AMOUNTS = 500
