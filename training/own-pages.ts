import type { DocumentModel } from '../packages/domain/src/document.ts'
import { readDocument } from '../packages/documents/src/read-document.ts'
import { ODD_SHOPS, SHOPS, type Offer, type ShopWords } from './own-shops.ts'
import { createRandom, pick, type Random } from './random.ts'

export type OwnPage = { document: DocumentModel; truth: { id: string; price: string[]; sku: string[] } }

/** Shop pages composed for this repository, with and without markup, with their truth. They are never measured on. */
export async function ownPages(ofEach = 7, seed = 5): Promise<OwnPage[]> {
  const random = createRandom(seed)
  const rounds = (shops: typeof SHOPS): typeof SHOPS => Array.from({ length: ofEach }, () => shops).flat()
  const pages = [...rounds(SHOPS), ...rounds(ODD_SHOPS)].map((shop, index) => compose(shop, index, random))
  return Promise.all(
    pages.map(async ({ html, truth }) => ({
      document: await readDocument({ bytes: Buffer.from(html), mediaType: 'text/html' }),
      truth,
    })),
  )
}

const GOODS = [
  'Kettle 1.7 l',
  'Desk lamp, brass',
  'Chaise pliante en bois',
  'Wanderschuh Gipfel',
  'Sensor module',
  'Kaffeemühle',
  'Garden hose 20 m',
  'Lampara de mesa',
  'Zaino da montagna',
  'Stolná lampa',
]
const BRANDS = ['Exempla', 'Demolux', 'Fictiva', 'Muster & Co', 'Nonesuch']
const SIGNS = [
  ['€', 'EUR', ','],
  ['€', 'EUR', '.'],
  ['£', 'GBP', '.'],
  ['$', 'USD', '.'],
  ['zł', 'PLN', ','],
  ['Kč', 'CZK', ','],
] as const
const WORDS: ShopWords[] = [
  {
    cart: 'Add to cart',
    code: 'SKU:',
    old: 'Was',
    now: 'Our price',
    others: 'You may also like',
    start: 'Starting price',
    bids: 'bids',
    ship: 'Free delivery over',
    gone: 'Sold out',
    rate: 'or per month',
    untaxed: 'Ex Tax:',
    taxed: 'Inc Tax:',
    brand: 'Brand',
  },
  {
    cart: 'Buy now',
    code: 'Product code:',
    old: 'RRP',
    now: 'Price:',
    others: 'Related products',
    start: 'Starting bid',
    bids: 'bids',
    ship: 'Shipping from',
    gone: 'Out of stock',
    rate: 'Finance from, a month',
    untaxed: 'excl. VAT',
    taxed: 'incl. VAT',
    brand: 'Manufacturer',
  },
  {
    cart: 'In den Warenkorb',
    code: 'Artikelnummer:',
    old: 'UVP',
    now: 'Preis',
    others: 'Ähnliche Artikel',
    start: 'Startpreis',
    bids: 'Gebote',
    ship: 'Versand ab',
    gone: 'Ausverkauft',
    rate: 'Rate im Monat',
    untaxed: 'netto',
    taxed: 'inkl. MwSt.',
    brand: 'Marke',
  },
  {
    cart: 'Ajouter au panier',
    code: 'Réf. :',
    old: 'Prix conseillé',
    now: 'Prix',
    others: 'Produits similaires',
    start: 'Mise à prix',
    bids: 'enchères',
    ship: 'Livraison',
    gone: 'Épuisé',
    rate: 'par mois',
    untaxed: 'HT',
    taxed: 'TTC',
    brand: 'Marque',
  },
  {
    cart: 'Aggiungi al carrello',
    code: 'Codice articolo:',
    old: 'Prezzo consigliato',
    now: 'Prezzo',
    others: 'Potrebbe interessarti anche',
    start: "Base d'asta",
    bids: 'offerte',
    ship: 'Spedizione',
    gone: 'Esaurito',
    rate: 'rate da',
    untaxed: 'IVA esclusa',
    taxed: 'IVA inclusa',
    brand: 'Marca',
  },
  {
    cart: 'Añadir al carrito',
    code: 'Referencia:',
    old: 'Antes',
    now: 'Precio',
    others: 'Productos relacionados',
    start: 'Precio de salida',
    bids: 'pujas',
    ship: 'Envío',
    gone: 'Agotado',
    rate: 'cuotas',
    untaxed: 'sin IVA',
    taxed: 'con IVA',
    brand: 'Marca',
  },
  {
    cart: 'Do košíka',
    code: 'Kód produktu:',
    old: 'Pôvodne',
    now: 'Cena',
    others: 'Podobné produkty',
    start: 'Vyvolávacia cena',
    bids: 'príhodov',
    ship: 'Doprava od',
    gone: 'Vypredané',
    rate: 'splátky',
    untaxed: 'bez DPH',
    taxed: 's DPH',
    brand: 'Výrobca',
  },
]

function compose(
  shop: (typeof SHOPS)[number],
  index: number,
  random: Random,
): { html: string; truth: OwnPage['truth'] } {
  const offer = newOffer(random)
  const { sku, id, price, name } = offer
  const body = shop(offer)
  const address = `https://shop.example/${pick([`${slug(name)}-${id}.html`, `p/${sku}`, slug(name), `${id}-${slug(name)}`], random)}`
  const html = `<html><head><title>${name} | Example shop</title><link rel="canonical" href="${address}">
    ${random() < 0.5 && !body.includes('ld+json') ? linkedData(offer, random) : ''}
    ${random() < 0.25 ? `<meta property="product:price:amount" content="${price}">` : ''}</head><body>${body}</body></html>`
  return { html, truth: { id: `own-${index}`, price: [String(price)], sku: [sku] } }
}

function newOffer(random: Random): Offer {
  const [sign, currency, decimal] = pick(SIGNS, random)
  const price = Number((random() * 400 + 3).toFixed(2))
  const figures = (amount: number): string => amount.toFixed(2).replace('.', decimal)
  const isBefore = /[£$]/.test(sign) || (decimal === '.' && random() < 0.5)
  const number = (digits: number): string => String(Math.floor((0.1 + random() * 0.9) * 10 ** digits))
  return {
    name: `${pick(GOODS, random)} ${pick(['Classic', 'Pro', 'Nova'], random)} ${number(3)}`,
    brand: pick(BRANDS, random),
    sku: pick(
      [
        () => `EX-${number(4)}`,
        () => number(6),
        () => `KT${number(4)}B`,
        () => `${number(3)}/${number(4)}`,
        () => `ZQ ${number(3)} X`,
      ],
      random,
    )(),
    id: number(pick([4, 5, 9], random)),
    gtin: '4006381333931',
    price,
    old: random() < 0.5 ? Number((price * (1.1 + random())).toFixed(2)) : undefined,
    currency,
    money: (amount) => (isBefore ? `${sign}${figures(amount)}` : `${figures(amount)} ${sign}`),
    words: pick(WORDS, random),
    others: Array.from({ length: 4 }, () => ({ name: pick(GOODS, random), price: random() * 90 + 2, id: number(5) })),
    random,
  }
}

function linkedData({ name, brand, sku, gtin, price, currency }: Offer, random: Random): string {
  const data = {
    '@type': 'Product',
    name,
    brand: { '@type': 'Brand', name: brand },
    ...(random() < 0.8 ? { sku } : {}),
    ...(random() < 0.3 ? { gtin13: gtin } : {}),
    offers: { '@type': 'Offer', price, priceCurrency: currency, availability: 'https://schema.org/InStock' },
  }
  return `<script type="application/ld+json">${JSON.stringify(data)}</script>`
}

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z\d]+/g, '-')
