/**
 * What earlier receipts taught about letterheads: how a vendor's name and the lines of its address are written out in
 * full when the scan shows them cut or misread. Built by training; lines are kept as hashes, only the written-out forms
 * as text.
 */
export type KnownVendorsFile = {
  /** Hash of a registration or tax number -> name. */
  byNumber: Record<string, string>
  /** Hash of a name line or joined name lines -> name. */
  byName: Record<string, string>
  /** Hash of an address line, with and without the name of the vendor before it -> the line written out. */
  addressLines: Record<string, string>
  /** Hash of all address lines and the name -> the address written out. */
  addresses: Record<string, string>
  /** Hash of the name -> its addresses, the most frequent first. */
  addressesOf: Record<string, string[]>
}

/** Registration and tax numbers in a line, digits and letters only: `000306020352`, `860671D`. */
export const vendorNumbers = (text: string): string[] =>
  (text.match(/(?<!\d)\d{12}(?!\d)|(?<!\d)\d{5,9}\s?-\s?[A-Z](?![A-Z])/g) ?? []).map((number) =>
    number.replace(/[^A-Z\d]/g, ''),
  )

/** Letters and digits only, so that blanks and punctuation of a scan do not matter. */
export const fold = (text: string): string => text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')

/** 32-bit FNV-1a (Fowler, Noll, Vo) of the folded text, in base 36. */
export function hashLine(...texts: string[]): string {
  let hash = 0x811c9dc5
  for (const character of texts.map(fold).join('|')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

export const writtenName = (vendors: KnownVendorsFile, nameLines: string[], allLines: string[]): string | undefined =>
  vendors.byName[hashLine(...nameLines)] ??
  allLines
    .flatMap(vendorNumbers)
    .map((number) => vendors.byNumber[hashLine(number)])
    .find(Boolean)

/** The address in full, where the vendor is known with one that holds these lines; else line by line. */
export function writtenAddress(
  vendors: KnownVendorsFile,
  name: string,
  lines: string[],
): { text: string; known: number } {
  const whole =
    vendors.addresses[hashLine(name, ...lines)] ?? likeliest(vendors.addressesOf[hashLine(name)] ?? [], lines)
  if (whole) return { text: whole, known: 1 }
  const parts = lines.map((line) => vendors.addressLines[hashLine(name, line)] ?? vendors.addressLines[hashLine(line)])
  const known = parts.filter((part) => part !== undefined).length / Math.max(lines.length, 1)
  const text = lines.map((line, index) => parts[index] ?? line).join(' ')
  return { text: text.replace(/\s+/g, ' ').trim(), known: known * 0.9 }
}

const ENOUGH = 0.85

/** The address that holds most of the letters of the lines; undefined where none holds nearly all. */
function likeliest(addresses: readonly string[], lines: readonly string[]): string | undefined {
  const folded = lines.map(fold)
  const letters = folded.reduce((sum, line) => sum + line.length, 0)
  const held = (address: string): number =>
    folded.reduce((sum, line) => sum + (fold(address).includes(line) ? line.length : 0), 0) / Math.max(letters, 1)
  const best = addresses.reduce<string | undefined>(
    (found, address) => (found === undefined || held(address) > held(found) ? address : found),
    undefined,
  )
  return best !== undefined && held(best) >= ENOUGH ? best : undefined
}
