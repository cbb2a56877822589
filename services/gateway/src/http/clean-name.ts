/** The last part of a file's name as sent, without control characters and direction marks that could make it look like another. */
export function cleanName(sent: string | undefined): string | undefined {
  const last = sent?.split(/[/\\]/).at(-1)?.toWellFormed() ?? ''
  const visible = last
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, 200)
  return visible === '' ? undefined : visible
}
