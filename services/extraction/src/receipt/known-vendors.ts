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
}

export const noKnownVendors: KnownVendorsFile = { byNumber: {}, byName: {}, addressLines: {}, addresses: {} }

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

/** The address in full, where all of its lines or each of them is known; otherwise the lines as they stand. */
export function writtenAddress(
  vendors: KnownVendorsFile,
  name: string,
  lines: string[],
): { text: string; known: number } {
  const whole = vendors.addresses[hashLine(name, ...lines)]
  if (whole) return { text: whole, known: 1 }
  const parts = lines.map((line) => vendors.addressLines[hashLine(name, line)] ?? vendors.addressLines[hashLine(line)])
  const known = parts.filter((part) => part !== undefined).length / Math.max(lines.length, 1)
  const text = lines.map((line, index) => parts[index] ?? line).join(' ')
  return { text: text.replace(/\s+/g, ' ').trim(), known }
}
