/** Whether a text is an http address whose variables stand behind the host, where a value cannot lead elsewhere. */
export const isUrlTemplate = (text: string): boolean =>
  /^https?:\/\/[^/{}\s@]+\//.test(text) &&
  URL.canParse(text.replaceAll(VARIABLE, 'x')) &&
  !/[{}]/.test(text.replaceAll(VARIABLE, ''))

/**
 * The address with encoded values in the place of its variables; undefined where one has no value, or one that would be a
 * step in the path.
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string | undefined>>): URL | undefined {
  const names = [...template.matchAll(VARIABLE)].map(([, name]) => name!)
  const isFit = (name: string) => Object.hasOwn(values, name) && /[^.\s]/.test(values[name] ?? '')
  if (!names.every(isFit)) return undefined
  return new URL(
    template.replaceAll(VARIABLE, (_, name: string) => encodeURIComponent(values[name]!.trim().toWellFormed())),
  )
}

const VARIABLE = /\{([a-z_]+)\}/g
