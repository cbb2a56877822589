/** What look-ups compare of a key: letter case, blanks and dashes aside, as the generated column `normal_key` has it. */
export const normalKey = (key: string): string => key.replaceAll(/[\s-]/g, '').toUpperCase()

/** The same of an article number, as `normal_number` has it: letters and digits alone. */
export const normalNumber = (number: string): string => number.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase()
