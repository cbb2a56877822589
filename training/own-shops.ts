import type { Random } from './random.ts'

/** What a composed page sells, and the words and signs of its shop. */
export type Offer = {
  name: string
  brand: string
  /** The stock number, and the number that the shop's software gives. */
  sku: string
  id: string
  gtin: string
  price: number
  old: number | undefined
  currency: string
  money: (amount: number) => string
  words: ShopWords
  others: { name: string; price: number; id: string }[]
  random: Random
}
export type ShopWords = {
  cart: string
  code: string
  old: string
  now: string
  others: string
  /** An auction's first price, and what is offered against it. */
  start: string
  bids: string
  ship: string
  gone: string
  rate: string
  untaxed: string
  taxed: string
  brand: string
}

/**
 * Pages as the common kinds of shop software write them, in the conventions of their public default themes: which
 * elements hold the price, the former price, the code and the neighbours. Each returns the head's scripts and the body.
 */
export const SHOPS: ((offer: Offer) => string)[] = [
  blogShop,
  blockShop,
  hostedShop,
  moduleShop,
  listShop,
  tableShop,
  stateShop,
  rangeShop,
  brickShop,
]

/** Those that show another price than their data or their classes say, or none. */
export const ODD_SHOPS: typeof SHOPS = [auctionHouse, tradeShop, optionShop, emptyShop]

const json = (data: unknown): string => JSON.stringify(data)
const attribute = (data: unknown): string => JSON.stringify(data).replaceAll('"', '&quot;')
const when = (condition: unknown, html: string): string => (condition ? html : '')

function blogShop({ name, sku, id, price, old, money, words, others }: Offer): string {
  return `<header><a class="cart-contents"><span class="amount">${money(0)}</span></a></header>
    <div id="product-${id}" class="product type-product"><h1 class="product_title entry-title">${name}</h1>
    <p class="price">${when(old, `<del><span class="shop-Price-amount amount">${money(old ?? 0)}</span></del> <ins>`)}<span class="shop-Price-amount amount">${money(price)}</span>${when(old, '</ins>')}</p>
    <p>${words.ship} ${money(49)}</p>
    <form class="cart"><button name="add-to-cart" value="${id}" class="single_add_to_cart_button">${words.cart}</button></form>
    <div class="product_meta"><span class="sku_wrapper">${words.code} <span class="sku">${sku}</span></span></div></div>
    <section class="related products"><h2>${words.others}</h2><ul class="products columns-4">${others
      .map(
        (one) =>
          `<li class="product"><h2 class="loop-product__title">${one.name}</h2><span class="price"><span class="shop-Price-amount amount">${money(one.price)}</span></span><a data-product_id="${one.id}" data-product_sku="X${one.id}">${words.cart}</a></li>`,
      )
      .join('')}</ul></section>`
}

function blockShop({ name, sku, id, price, old, money, words, others }: Offer): string {
  const box = (amount: number, kind: string, of = id): string =>
    `<span class="${kind}"><span class="price-container"><span id="product-price-${of}" data-price-amount="${amount}" class="price-wrapper"><span class="price">${money(amount)}</span></span></span></span>`
  return `<div class="page-main"><div class="product-info-main"><h1 class="page-title"><span class="base" itemprop="name">${name}</span></h1>
    <div class="product-info-price"><div class="price-box price-final_price" data-product-id="${id}">${when(old, box(old ?? 0, 'old-price'))}${box(price, old ? 'special-price' : 'normal-price')}</div>
    <div class="product attribute sku"><strong class="type">${words.code}</strong><div class="value" itemprop="sku">${sku}</div></div></div>
    <form data-product-sku="${sku}" id="product_addtocart_form"><input type="hidden" name="product" value="${id}"><button class="action primary tocart">${words.cart}</button></form></div>
    <div class="block upsell"><strong>${words.others}</strong><ol class="products list items product-items">${others
      .map(
        (one) =>
          `<li class="item product product-item"><a class="product-item-link">${one.name}</a><div class="price-box">${box(one.price, 'normal-price', one.id)}</div></li>`,
      )
      .join('')}</ol></div></div>`
}

function hostedShop({ name, brand, sku, id, price, old, money, currency, words, others }: Offer): string {
  const variant = { id: Number(`3${id}`), price: Math.round(price * 100), name, public_title: null, sku }
  return `<script>var meta = ${json({ product: { id: Number(id), vendor: brand, type: '', variants: [variant] }, page: { pageType: 'product' } })};
    window.analytics.push({"currency":"${currency}","productId":${id},"name":${json(name)},"price":"${price.toFixed(2)}","sku":${json(sku)},"brand":${json(brand)}});</script>
    <div class="product-single__meta"><h1 class="product-single__title">${name}</h1><div class="price price--listing">
    ${when(old, `<s class="price-item price-item--regular">${money(old ?? 0)}</s>`)}<span class="price-item price-item--sale">${money(price)}</span></div>
    <input type="hidden" name="product-id" value="${id}"><button class="product-form__cart-submit">${words.cart}</button></div>
    <div class="product-recommendations"><h2>${words.others}</h2>${others.map((one) => `<div class="grid__item"><div class="card__heading">${one.name}</div><span class="price-item price-item--regular">${money(one.price)}</span></div>`).join('')}</div>`
}

function moduleShop({ name, sku, id, price, old, money, words, others, currency }: Offer): string {
  return `<section id="main"><h1 class="h1" itemprop="name">${name}</h1><div class="product-prices">
    ${when(old, `<div class="product-discount"><span class="regular-price">${money(old ?? 0)}</span></div>`)}
    <div class="product-price h5" itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="priceCurrency" content="${currency}"><div class="current-price"><span itemprop="price" content="${price}">${money(price)}</span></div></div>
    <div class="tax-shipping-delivery-label">${words.ship} ${money(5.9)}</div></div>
    <div class="add"><button class="btn add-to-cart">${words.cart}</button></div>
    <div class="product-reference"><label class="label">${words.code} </label><span itemprop="sku">${sku}</span></div>
    <div id="product-details" data-product="${attribute({ id_product: id, reference: sku, price: money(price), price_amount: price, name, quantity: 3 })}"></div>
    <section class="product-accessories"><p class="h5">${words.others}</p>${others.map((one) => `<article class="product-miniature" data-id-product="${one.id}"><h3 class="product-title">${one.name}</h3><span class="price">${money(one.price)}</span></article>`).join('')}</section></section>`
}

function listShop({ name, brand, sku, id, price, old, money, words, others }: Offer): string {
  return `<div id="cart"><span id="cart-total">0 - ${money(0)}</span></div><div id="content"><h1>${name}</h1>
    <ul class="list-unstyled"><li>${words.brand}: <a>${brand}</a></li><li>${words.code} ${sku}</li></ul>
    <ul class="list-unstyled">${when(old, `<li><span style="text-decoration: line-through;">${money(old ?? 0)}</span></li>`)}<li><h2>${money(price)}</h2></li><li>${words.untaxed} ${money(price / 1.2)}</li></ul>
    <input type="hidden" name="product_id" value="${id}"><button id="button-cart">${words.cart}</button>
    <h3>${words.others}</h3><div class="row">${others.map((one) => `<div class="product-thumb"><h4>${one.name}</h4><p class="price">${money(one.price)} <span class="price-tax">${words.untaxed} ${money(one.price / 1.2)}</span></p></div>`).join('')}</div></div>`
}

function tableShop({ name, sku, price, old, money, words, others }: Offer): string {
  return `<div id="top">${words.ship} ${money(99)}</div><table><tr><td><b><font size="4">${name}</font></b></td></tr></table><table>
    ${when(old, `<tr><td>${words.old} <strike>${money(old ?? 0)}</strike></td></tr>`)}
    <tr><td>${words.now} <span>${money(price)}</span></td></tr><tr><td>${words.rate} 12 x ${money(price / 12)}</td></tr>
    <tr><td>${words.code} ${sku}</td></tr><tr><td><a>${words.cart}</a></td></tr></table>
    <p>${words.others}</p><table>${others.map((one) => `<tr><td class="list">${one.name}</td><td class="list">${money(one.price)}</td></tr>`).join('')}</table>`
}

function stateShop({ name, brand, sku, id, price, old, money, words, others, random }: Offer): string {
  const goods = others.map((one) => ({ productId: one.id, name: one.name, price: one.price, sku: `Y${one.id}` }))
  const product = { productId: id, sku, name, brand, price, oldPrice: old ?? null, inStock: true }
  return `<script type="application/json">${json({ props: { pageProps: { product, recommendations: goods } } })}</script>
    <div data-sku="${sku}" data-product-id="${id}"><h1 class="css-1a2b3c">${name}</h1><div class="css-9z8y">${money(price)}${when(old, `<span class="css-old"><s>${money(old ?? 0)}</s></span>`)}</div>
    ${when(random() < 0.5, `<p>${words.rate} ${money(price / 10)}</p>`)}<button class="css-btn">${words.cart}</button></div>
    <div class="carousel"><h2>${words.others}</h2>${others.map((one) => `<div class="slide"><a>${one.name}</a><div>${money(one.price)}</div></div>`).join('')}</div>`
}

function rangeShop({ name, sku, price, old, money, words, others }: Offer): string {
  return `<div class="minicart"><span class="minicart-quantity">0</span></div><div class="product-detail product-wrapper" data-pid="${sku}"><h1 class="product-name">${name}</h1>
    <div class="product-number">${words.code} <span class="product-id">${sku}</span></div><div class="prices"><div class="price"><span>
    ${when(old, `<del><span class="strike-through list"><span class="value" content="${old?.toFixed(2)}">${money(old ?? 0)}</span></span></del>`)}
    <span class="sales"><span class="value" content="${price.toFixed(2)}">${money(price)}</span></span></span></div></div><button class="add-to-cart" data-pid="${sku}">${words.cart}</button></div>
    <div class="recommendations"><h3>${words.others}</h3>${others.map((one) => `<div class="product-tile" data-pid="${one.id}"><div class="pdp-link">${one.name}</div><div class="price"><span class="sales"><span class="value" content="${one.price.toFixed(2)}">${money(one.price)}</span></span></div></div>`).join('')}</div>`
}

function brickShop({ name, sku, id, price, old, money, words, others }: Offer): string {
  return `<nav>${words.ship} ${money(60)}</nav><main><div class="buybox"><h1>${name}</h1><p class="prd-code">${words.code} ${sku}</p>
    <strong class="offer-price">${money(price)}</strong>${when(old, `<span class="was">${words.old} ${money(old ?? 0)}</span><span class="saving">-${money((old ?? 0) - price)}</span>`)}
    <div class="finance">${words.rate} ${money(price / 24)}</div><input type="hidden" name="itemId" value="${id}"><button>${words.cart}</button></div>
    <aside><h2>${words.others}</h2>${others.map((one) => `<div class="teaser"><b>${one.name}</b><em class="teaser-price">${money(one.price)}</em></div>`).join('')}</aside></main>`
}

/** States the price that the auction began with, and prints what is bid now. */
function auctionHouse({ name, sku, price, currency, money, words, others, random }: Offer): string {
  const start = Math.round(price * (0.3 + random() * 0.5))
  const bids = Math.ceil(random() * 12)
  return `${offerData({ name, sku, price: start, currency, availability: 'InStock' })}<main><h1>${name}</h1><p>${words.code} ${sku}</p>
    <div class="bid-box"><div class="status"><span class="bid-price">${money(price)}</span> <span class="count">${bids} ${words.bids}</span></div>
    <div class="first"><span>${words.start}</span> <span>${money(start)}</span></div><button>${words.cart}</button></div>
    <h2>${words.others}</h2>${others.map((one) => `<div class="lot"><a>${one.name}</a><div class="lot-price">${money(one.price)}</div></div>`).join('')}</main>`
}

/** Sells to firms: the price before tax stands first. */
function tradeShop({ name, sku, id, price, money, words, others }: Offer): string {
  const pair = (amount: number): string =>
    `<div class="net">${words.untaxed} <span class="price">${money(amount)}</span></div><div class="gross">${words.taxed} <span class="price">${money(amount * 1.2)}</span></div>`
  return `<article class="product-detail"><h1>${name}</h1><p>${words.code} <b>${sku}</b></p><div class="price-wrap">${pair(price)}</div>
    <input type="hidden" name="article" value="${id}"><button>${words.cart}</button></article>
    <h3>${words.others}</h3>${others.map((one) => `<div class="article-box"><a>${one.name}</a>${pair(one.price)}</div>`).join('')}`
}

/** Calls the box of the price after the old one, empty or not, and prints what each choice adds or takes. */
function optionShop({ name, sku, id, price, old, money, words, others }: Offer): string {
  return `<div class="product-view"><h1>${name}</h1><ul class="list-unstyled"><li>${words.code} ${sku}</li></ul>
    <ul id="price-list">${old ? `<li class="price"><span class="price-old">${money(old)}</span></li><li class="price"><span class="price-new">${money(price)}</span></li>` : `<li class="price"><span class="price-old">${money(price)}</span></li>`}</ul>
    <div class="form-group"><label class="radio-inline"><input type="radio" name="option" value="1">A (+${money(price / 8)})</label><label class="radio-inline"><input type="radio" name="option" value="2">B (-${money(price / 5)})</label></div>
    <input type="hidden" name="product_id" value="${id}"><button id="button-cart">${words.cart}</button></div>
    <h3>${words.others}</h3>${others.map((one) => `<div class="product-thumb"><h4>${one.name}</h4><span class="price">${money(one.price)}</span></div>`).join('')}`
}

/** What is sold out keeps its price in the data alone. */
function emptyShop({ name, sku, price, currency, money, words, others }: Offer): string {
  return `${offerData({ name, sku, price, currency, availability: 'SoldOut' })}<main><h1>${name}</h1><p>${words.code} ${sku}</p><p class="stock">${words.gone}</p>
    <section><h2>${words.others}</h2>${others.map((one) => `<div class="card"><a>${one.name}</a><div class="card-price"><b>${money(one.price)}</b></div><button>${words.cart}</button></div>`).join('')}</section></main>`
}

function offerData(offer: Pick<Offer, 'name' | 'sku' | 'price' | 'currency'> & { availability: string }): string {
  const { name, sku, price, currency, availability } = offer
  const offers = {
    '@type': 'Offer',
    price,
    priceCurrency: currency,
    availability: `https://schema.org/${availability}`,
  }
  return `<script type="application/ld+json">${json({ '@type': 'Product', name, sku, offers })}</script>`
}
