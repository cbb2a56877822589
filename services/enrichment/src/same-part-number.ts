/**
 * Whether two part numbers name the same part: equal without letter case, blanks and dashes, up to how the part is
 * packed for shipping. One exchanged digit or letter is another part, however similar the numbers look.
 */
export const samePartNumber = (one: string, other: string): boolean => {
  const [a, b] = [withoutPacking(one), withoutPacking(other)]
  return a.length >= 3 && a === b
}

/**
 * Endings that say only how a part is packed (tape and reel, tube, tray) or that its finish is free of lead. Each needs
 * its separator: a bare letter at the end (the N of LM358N) is a package, and a package is another part.
 */
const PACKING = [
  /[-/ ](?:TR|T&R|TAPE|REEL\d{0,2}|RL\d?|CT|CUT|AMMO|BULK|TUBE|TRAY)$/,
  /\/NOPB$/,
  /#(?:TR)?PBF$/,
  /#TR$/,
  /,\d{3}$/,
  /-(?:7|13)-F$/,
  // STM32F103C8T6TR: behind a digit TR can only be tape and reel.
  /(?<=\d)TR$/,
]

/** The part number in capitals without its packing. */
export function withoutPacking(number: string): string {
  const capitals = number.trim().toUpperCase().replace(/\s+/g, ' ')
  const ending = PACKING.find((pattern) => pattern.test(capitals))
  return ending ? withoutPacking(capitals.replace(ending, '')) : joined(capitals)
}

/** Blanks, dashes and dots carry no meaning, except between digits, where they keep two numbers apart. */
const joined = (number: string) => number.replace(/(?<!\d)[\s._-]+|[\s._-]+(?!\d)/g, '').replace(/[\s._-]+/g, '-')
