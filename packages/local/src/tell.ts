import { screenWidth, wrapText } from './wrap-text.ts'

/** Column in which the right side of a line of `tell` begins. */
const INDENT = 13

export const report = (line: string): void => console.log(line)

/** Commands and addresses stay whole, so that they can be copied. */
export const tell = (what: string, how: string): void => report(`  ${what.padEnd(INDENT - 3)} ${how}`)

/** What is only to be read fits the screen. */
export const tellWrapped = (what: string, how: string): void =>
  tell(what, wrapText(how, { width: screenWidth(), indent: INDENT }).trimStart())
