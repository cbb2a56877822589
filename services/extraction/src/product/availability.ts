import type { DocumentModel, Field } from '@stageline/domain'
import type { ProductFact } from './product-facts.ts'

const GONE =
  /^(currently unavailable|out of stock|sold out|temporarily out|ausverkauft|nicht (?:verfügbar|lieferbar|auf lager)|momentan nicht|actuellement indisponible|indisponible|épuisé|en rupture|non disponibile|attualmente non disponibile|esaurito|agotado|no disponible|esgotado|indisponível|vypredané|vyprodáno|nedostupn|stoc epuizat|brak w magazynie|loppu|this (?:item|product|listing) (?:is|was) (?:sold|no longer))/i
const THERE =
  /^(in stock|available now|only \d+ left|auf lager|sofort lieferbar|en stock|disponible|disponibile|disponibilità|em stock|disponível|skladom|skladem|na zalogi|în stoc|in stoc|add to (?:cart|basket|bag)|buy (?:it )?now|in den warenkorb|ajouter au panier|aggiungi al carrello|añadir al carrito)/i

/**
 * `InStock` or `OutOfStock`: what the offer says in machine data, else the first short line that says either. A page
 * that says nothing sells what it shows; its confidence is low.
 */
export function readAvailability(model: DocumentModel, facts: readonly ProductFact[]): Field {
  const stated = facts.filter(({ property }) => /^(availability|(og|product):availability)$/.test(property))
  const [fact] = stated
  if (fact) {
    const gone = stated.every(({ value }) =>
      /out.?of.?stock|soldout|sold out|discontinued|oos|unavailable/i.test(value),
    )
    return {
      value: gone ? 'OutOfStock' : 'InStock',
      confidence: 0.95,
      printed: fact.value.slice(0, 500),
      source: { method: 'structured', path: fact.path },
    }
  }
  const lines = model.pages.flatMap((page) =>
    page.lines.slice(0, 700).map((line) => ({ text: line.text.trim(), page: page.number })),
  )
  const hit = lines.find(({ text }) => text.length < 60 && (GONE.test(text) || THERE.test(text)))
  if (!hit) return { value: 'InStock', confidence: 0.6, source: { method: 'rule', path: 'shown-is-sold' } }
  return {
    value: GONE.test(hit.text) ? 'OutOfStock' : 'InStock',
    confidence: 0.85,
    source: { method: 'text', page: hit.page, text: hit.text },
  }
}
