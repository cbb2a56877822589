/** What look-ups compare of a key: letter case, blanks and dashes aside, as the generated column `normal_key` has it. */
export const normalKey = (key: string): string => key.replaceAll(/[\s-]/g, '').toUpperCase()
