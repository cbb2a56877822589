import type { DocumentModel } from '../packages/domain/src/document.ts'
import { createRandom, pick, type Random } from './random.ts'

/** Shop pages composed for this repository, with and without markup, with their truth. They are never measured on. */
export function ownPages(
  count = 15,
  seed = 5,
): { document: DocumentModel; truth: { id: string; price: string[]; sku: string[] } }[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, index) => compose(`own-${index}`, random))
}

const GOODS = [
  'Exempla Kettle 1.7 l',
  'Desk lamp, brass',
  'Chaise pliante',
  'Wanderschuh Gipfel',
  'Sensor module',
  'Kaffeemühle Muster',
  'Garden hose 20 m',
]
const SIGNS = [
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['$', 'USD'],
] as const

function compose(id: string, random: Random): ReturnType<typeof ownPages>[number] {
  const name = pick(GOODS, random)
  const [sign, currency] = pick(SIGNS, random)
  const price = (random() * 400 + 3).toFixed(2)
  const sku = pick(
    [
      () => `EX-${Math.floor(random() * 900)}`,
      () => String(Math.floor(random() * 900000 + 10000)),
      () => `KT${Math.floor(random() * 9000)}B`,
    ],
    random,
  )()
  const shown = currency === 'EUR' && random() < 0.6 ? `${price.replace('.', ',')} ${sign}` : `${sign}${price}`
  const marked = random() < 0.6
  const old =
    random() < 0.3 ? [`${pick(['Was', 'RRP', 'UVP', 'Statt'], random)} ${sign}${(Number(price) * 1.3).toFixed(2)}`] : []
  const order =
    marked && random() < 0.5
      ? []
      : [`${pick(['SKU:', 'Item no.', 'Artikelnummer:', 'Réf.', 'Product code:'], random)} ${sku}`]
  const related = Array.from({ length: 3 }, () => [
    pick(GOODS, random),
    `${sign}${(random() * 90 + 2).toFixed(2)}`,
  ]).flat()
  const lines = [
    'Home',
    'Basket',
    name,
    ...old,
    shown,
    pick(['Add to basket', 'In den Warenkorb', 'Ajouter au panier'], random),
    ...order,
    'Delivery from 4.90',
    'You may also like',
    ...related,
  ]
  const data = {
    '@type': 'Product',
    name,
    sku,
    offers: { '@type': 'Offer', price, priceCurrency: currency, availability: 'https://schema.org/InStock' },
  }
  const meta = {
    form: 'meta' as const,
    from: 'document',
    data: {
      title: `${name} | Example Shop`,
      canonical: `https://shop.example/${random() < 0.5 ? `item/${sku}` : 'kettle'}`,
    },
  }
  const structured = [
    ...(marked ? [{ form: pick(['json-ld', 'microdata'] as const, random), from: 'document', data }] : []),
    meta,
  ]
  const pages = [{ number: 1, width: 0, height: 0, origin: 'markup' as const, lines: lines.map((text) => ({ text })) }]
  return {
    document: { reader: 'own', mediaType: 'text/html', pages, tables: [], structured, metadata: {}, warnings: [] },
    truth: { id, price: [price], sku: [sku] },
  }
}
