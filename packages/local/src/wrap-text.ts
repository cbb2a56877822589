/** A width in characters; what is not a terminal has none, so that logs can be searched line by line. */
export const screenWidth = (): number => (process.stdout.isTTY ? process.stdout.columns || 80 : Infinity)

/** Breaks a text between words so that it fits below its first line; a word that is too long stays whole. */
export function wrapText(text: string, { width, indent }: { width: number; indent: number }): string {
  const lines = [' '.repeat(indent)]
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + 1 + word.length > width && line.trim() !== '') lines.push(' '.repeat(indent) + word)
    else lines[lines.length - 1] = line.trim() === '' ? line + word : `${line} ${word}`
  }
  return lines.join('\n')
}
