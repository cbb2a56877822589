import { parse } from 'electro-grammar'

export type PartValues = Partial<Record<'value' | 'tolerance' | 'voltage' | 'package' | 'pins', string>>

/**
 * Reads what the short description of a part says about it: value of a resistor, capacitor or inductor (`4.7 kΩ`,
 * `100 nF`, `10 µH`), tolerance (`1%`), rated voltage (`50V`), package, pins. What is not said is absent.
 */
export function partValues(description: string): PartValues {
  const text = description.slice(0, MOST_CHARACTERS).replace(/[µμ]/g, 'u')
  const parsed = parse(text)
  const value = codedValue(text) ?? inductance(text) ?? parsedValue(parsed, text)
  const tolerance = /±?\s?(\d+(?:\.\d+)?)\s?%/.exec(text)?.[1]
  const voltage = /(?<![\d.])(\d+(?:\.\d+)?)\s?(k?V)(?:AC|DC)?\b/i.exec(text)
  const housing = housingOf(text) ?? parsed.size
  const pins = /(?<!\d)(\d{1,4})[\s-]?(?:POS|PINS?)\b/i.exec(text)?.[1] ?? pinsOf(housing)
  return {
    ...(value ? { value } : {}),
    ...(tolerance ? { tolerance: `${tolerance}%` } : {}),
    ...(voltage ? { voltage: `${voltage[1]}${voltage[2]!.toUpperCase().replace('KV', 'kV')}` } : {}),
    ...(housing ? { package: housing } : {}),
    ...(pins ? { pins } : {}),
  }
}

/** The library's grammar takes more than linear time; short descriptions are short. */
const MOST_CHARACTERS = 200

/** IEC 60062 letter code, where the prefix stands for the decimal sign: `4k7`, `2n2`, `0R1`, `1M0`. */
function codedValue(text: string): string | undefined {
  const match = /(?<![\w.-])(\d{1,3})([RKkMpnu])(\d{1,2})(?![\w-])/.exec(text)
  if (!match) return undefined
  const [, whole, letter = '', fraction] = match
  const unit = /[pnu]/.test(letter) ? 'F' : '\u03a9'
  return withPrefix(Number(`${whole}.${fraction}`) * (PREFIXES[letter] ?? 1), unit)
}

/** The library does not know inductors. */
function inductance(text: string): string | undefined {
  const match = /(?<![\w.])(\d+(?:\.\d+)?)\s?([PNUM]?)H(?!\w)/i.exec(text)
  return match ? withPrefix(Number(match[1]) * (PREFIXES[match[2]!.toLowerCase()] ?? 1), 'H') : undefined
}

/** A resistance or capacitance of something else (a crystal's load, a coil's copper) is not its value. */
function parsedValue({ resistance, capacitance }: ReturnType<typeof parse>, text: string): string | undefined {
  if (/crystal|xtal|osc|\bind\b|inductor|ferrite|diode|conn|mosfet|thermistor|\bic\b/i.test(text)) return undefined
  if (resistance !== undefined) return withPrefix(resistance, '\u03a9')
  return capacitance === undefined ? undefined : withPrefix(capacitance, 'F')
}

const PREFIXES: Record<string, number> = { p: 1e-12, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, K: 1e3, M: 1e6 }
const STEPS: [number, string][] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
]

function withPrefix(amount: number, unit: string): string {
  const [size, prefix] = STEPS.find(([step]) => amount >= step * 0.999) ?? [1, '']
  return `${Number((amount / size).toPrecision(6))} ${prefix}${unit}`
}

/** Names of packages as they end distributors' descriptions: `0603`, `SOT23-3`, `8SOIC`, `24-TSSOP`, `TO220AB`. */
const PACKAGE =
  /(?<![\w.-])((?:\d{1,3}[- ]?)?(?:SOIC|TSSOP|SSOP|MSOP|VSSOP|HTSSOP|QSOP|SOP|SO|DIP|PDIP|CDIP|SIP|LQFP|TQFP|QFP|VQFN|WQFN|UQFN|QFN|DFN|WDFN|UDFN|LFCSP|MLF|BGA|FBGA|LGA|WLCSP|WLP|PLCC|SOT|SOD|SC|TO|DO|DPAK|D2PAK|SMA|SMB|SMC|TSOP|TSOT|SON|WSON|VSON|MICRO|HC49)(?:[- ]?\d{1,3}[A-Z]{0,3})?(?:-\d{1,3}[A-Z]?)?|01005|0201|0402|0603|0805|1008|1206|1210|1808|1812|1825|2010|2220|2512)(?![\w])/i

function housingOf(text: string): string | undefined {
  const found = [...text.matchAll(new RegExp(PACKAGE.source, 'gi'))].map((match) => match[1]!.trim())
  return found.findLast((name) => /\d/.test(name) || /^(DPAK|D2PAK|SMA|SMB|SMC)$/i.test(name))?.toUpperCase()
}

const pinsOf = (name: string | undefined): string | undefined =>
  name ? (/^(\d{1,3})[- ]?[A-Z]/.exec(name)?.[1] ?? /^[A-Z\d]*[A-Z]\d*-(\d{1,2})$/.exec(name)?.[1]) : undefined
