import type { CheerioAPI } from 'cheerio'

const INVISIBLE = 'script, style, noscript, template, svg, head, iframe, object, [hidden], [aria-hidden="true"]'
const HIDING_STYLE = /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i

/** Takes out of the tree what no visitor sees, as far as the page itself (without its style sheets) tells. */
export function removeInvisible($: CheerioAPI): void {
  $(INVISIBLE).remove()
  $('[style]')
    .filter((_, element) => HIDING_STYLE.test($(element).attr('style') ?? ''))
    .remove()
}
