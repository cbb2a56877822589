/** Markup that may stand in a page as it is. Only {@link html} makes it, so that nothing gets in unescaped. */
export class Html {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

export type Content = Html | string | number | null | undefined | false | readonly Content[]

/**
 * A template whose values are escaped, for text and for quoted attributes alike. Lists are joined; `null`, `undefined`
 * and `false` leave nothing.
 *
 * @example html`<p title="${name}">${items.map((item) => html`<b>${item}</b>`)}</p>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.reduce((text, part, i) => text + show(values[i - 1]) + part))
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function show(value: Content): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'string' || typeof value === 'number')
    return String(value).replaceAll(/[&<>"']/g, (c) => ESCAPES[c]!)
  return value.map(show).join('')
}
