import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHtml } from './read-html.ts'

test('lines are what a visitor sees: blocks break, cells and inline parts do not', () => {
  const draft = read(`<head><title>Shop</title></head><body>
    <h1>Desk   <b>lamp</b></h1><div>In stock<br>Ships today</div>
    <table><tr><td>Price</td><td>19.90</td></tr></table>
    <script>var hidden</script><style>p{}</style><noscript>no script</noscript>
    <p hidden>gone</p><p style="color:red;display: none">gone</p></body>`)

  assert.deepEqual(draft.lines, ['Desk lamp', 'In stock', 'Ships today', 'Price 19.90'])
  assert.equal(draft.metadata?.['title'], 'Shop')
})

test('each JSON-LD script is a part, also with the faults that templates leave', () => {
  const draft = read(`<script type="application/ld+json">{"@type":"Product","name":"Lamp"}</script>
    <script type="application/ld+json"><!-- {"name":"Two\nlines","offers":[{"price":"1.00",},],} --></script>
    <script type="application/ld+json">//<![CDATA[
    {"name":"Wrapped"};
    //]]></script>
    <script type="application/ld+json">{ broken</script>`)

  assert.deepEqual(draft.parts('json-ld'), [
    { '@type': 'Product', name: 'Lamp' },
    { name: 'Two lines', offers: [{ price: '1.00' }] },
    { name: 'Wrapped' },
  ])
})

test('microdata items hold their own properties, items inside them theirs', () => {
  const draft = read(`<div itemscope itemtype="https://schema.org/Product">
    <h1 itemprop="name">Lamp</h1><img itemprop="image" src="a.png"><img itemprop="image" src="b.png">
    <div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
      <span itemprop="price" content="19.90">19,90 €</span><meta itemprop="priceCurrency" content="EUR"></div></div>`)

  assert.deepEqual(draft.parts('microdata'), [
    [
      {
        '@type': 'https://schema.org/Product',
        name: 'Lamp',
        image: ['a.png', 'b.png'],
        offers: { '@type': 'https://schema.org/Offer', price: '19.90', priceCurrency: 'EUR' },
      },
    ],
  ])
})

test('OpenGraph and other meta tags are two flat maps, the first value of a name counts', () => {
  const draft = read(`<title>Lamp</title><link rel="canonical" href="https://shop.example/lamp">
    <meta property="og:title" content="Desk lamp"><meta property="og:title" content="Other">
    <meta property="product:price:amount" content="19.90"><meta name="description" content="A lamp">`)

  assert.deepEqual(draft.parts('opengraph'), [{ 'og:title': 'Desk lamp', 'product:price:amount': '19.90' }])
  assert.deepEqual(draft.parts('meta'), [
    { title: 'Lamp', canonical: 'https://shop.example/lamp', description: 'A lamp' },
  ])
})

test('tables of data are kept with their header, tables for layout are not', () => {
  const draft = read(`<table><tr><td><table><tr><th>Item</th><th>Price</th></tr>
    <tr><td>Lamp</td><td>19.90</td></tr></table></td></tr></table>`)

  assert.deepEqual(draft.tables, [{ page: 1, header: ['Item', 'Price'], rows: [['Lamp', '19.90']] }])
})

test('the declared charset is used', () => {
  const draft = readHtml({ bytes: Buffer.from('<meta charset="iso-8859-1"><p>Größe', 'latin1') })

  assert.equal(draft.pages?.[0]?.lines[0]?.text, 'Größe')
})

test('pages with very many elements side by side are read', () => {
  assert.deepEqual(read('<i>x</i>'.repeat(200_000)).lines, ['x'.repeat(200_000)])
})

test('deeply nested pages are read', () => {
  assert.deepEqual(read(`${'<div>'.repeat(5_000)}deep`).lines, ['deep'])
})

test('figures and headings are marked with the elements that they stand in, innermost first', () => {
  const draft = read(`<main id="m"><h1 class="title">Lamp</h1>
    <div class="box"><del>30 €</del> <b class="price sale">20 €</b> each</div></main>`)

  assert.deepEqual(draft.pages?.[0]?.lines, [
    { text: 'Lamp', marks: [{ at: 0, path: 'h1.title main#m' }] },
    {
      text: '30 € 20 € each',
      marks: [
        { at: 0, path: 'del div.box main#m' },
        { at: 5, path: 'b.price.sale div.box main#m' },
      ],
    },
  ])
})

for (const [html, text] of [
  ['<b>12</b><sup>99</sup> €', '12.99 €'],
  ['<span class="price">12<i>99</i></span>', '12.99'],
  ['<b>1.299</b><sup>50</sup>', '1.299,50'],
  ['<b>$200</b><i>2 bids</i>', '$200 2 bids'],
  ['<b>12,</b><b>99</b>', '12,99'],
] as const) {
  test(`${html} is read as ${text}`, () => {
    assert.deepEqual(read(`<p>${html}</p>`).lines, [text])
  })
}

test('what a page tells its own programs about goods is kept, the rest of its scripts is not', () => {
  const draft =
    read(`<script>var page = {"user": {"id": 4}, "product": {"sku": "L-1", "price": 19.9, "html": "<p>"}}</script>
    <script>var state = JSON.parse("{\\"sku\\":\\"L-2\\"}"); init({color: 'red'})</script>
    <div data-product="{&quot;id&quot;:7,&quot;price&quot;:&quot;5.00&quot;}"></div>`)

  assert.deepEqual(draft.parts('script'), [
    [
      { '@path': 'product', sku: 'L-1', price: '19.9' },
      { '@path': '', sku: 'L-2' },
      { '@path': '', id: '7', price: '5.00' },
    ],
  ])
})

test('codes and prices in attributes and hidden inputs are kept with how often they stand there', () => {
  const draft = read(`<div data-sku="L-1" data-color="4"></div><b data-sku="L-1"></b>
    <input type="hidden" name="product_id" value="77"><input name="q" value="8">`)

  assert.deepEqual(draft.parts('attributes'), [
    [
      { name: 'data-sku', value: 'L-1', count: 2 },
      { name: 'input:product_id', value: '77', count: 1 },
    ],
  ])
})

function read(html: string) {
  const draft = readHtml({ bytes: Buffer.from(html) })
  return {
    ...draft,
    lines: draft.pages?.[0]?.lines.map(({ text }) => text),
    parts: (form: string) => draft.structured?.filter((part) => part.form === form).map(({ data }) => data),
  }
}
