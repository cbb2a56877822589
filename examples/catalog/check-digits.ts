/** Check digits of the numbers in the example catalogue. Each function gets the digits before the check digit. */

const digitsOf = (text: string) => Array.from(text, Number)

const weighted = (digits: string, weights: readonly number[]) =>
  digitsOf(digits).reduce((sum, digit, index) => sum + digit * weights[index % weights.length]!, 0)

/** GS1 General Specifications 7.9: weights 3 and 1 from the right. */
export const gtinCheckDigit = (digits: string) => (10 - (weighted([...digits].toReversed().join(''), [3, 1]) % 10)) % 10

/** Luhn's method, as in Italian and French numbers. */
export const luhnCheckDigit = (digits: string) => {
  const doubled = (digit: number) => (digit > 4 ? digit * 2 - 9 : digit * 2)
  const sum = digitsOf(digits)
    .toReversed()
    .reduce((total, digit, index) => total + (index % 2 === 0 ? doubled(digit) : digit), 0)
  return (10 - (sum % 10)) % 10
}

/** ISO 7064 MOD 11,10, as in German VAT ids. */
export const mod1110CheckDigit = (digits: string) => {
  const product = digitsOf(digits).reduce((rest, digit) => {
    const sum = (digit + rest) % 10 || 10
    return (sum * 2) % 11
  }, 10)
  return (11 - product) % 10
}

/** Two digits: what is missing to a multiple of 97, as in Belgian VAT ids. */
export const mod97Complement = (digits: string) => String(97 - (Number(digits) % 97)).padStart(2, '0')

/** The two digits in front of a French SIREN. */
export const frenchVatKey = (siren: string) => String((12 + 3 * (Number(siren) % 97)) % 97).padStart(2, '0')

/** Dutch VAT ids of companies: weights 9 to 2 modulo 11; undefined where no digit fits. */
export const dutchCheckDigit = (digits: string) => {
  const rest = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
  return rest === 10 ? undefined : rest
}
