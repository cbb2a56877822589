/** A shop's page with data for machines. It names neither GTIN nor article number: those come from the catalogue. */
export const KETTLE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Cordless Kettle 1.7 l - Nonesuch Kitchen Shop</title>
<meta property="og:type" content="product">
<script type="application/ld+json">
{
  "@context": "https://schema.org",
  "@type": "Product",
  "name": "Exempla Cordless Kettle 1.7 l",
  "brand": { "@type": "Brand", "name": "Exempla" },
  "description": "Boils 1.7 litres in four minutes.",
  "offers": {
    "@type": "Offer",
    "price": "39.90",
    "priceCurrency": "EUR",
    "availability": "https://schema.org/InStock"
  }
}
</script>
</head>
<body>
<nav><a href="/">Home</a> <a href="/kitchen">Kitchen</a></nav>
<h1>Exempla Cordless Kettle 1.7 l</h1>
<p class="price">39,90 €</p>
<p>In stock. Delivery in two days.</p>
<button>Add to basket</button>
<footer>Nonesuch Kitchen Shop, a shop that does not exist</footer>
</body>
</html>
`

/** A page that was made for people only. */
export const LAMP_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Demolux Desk Lamp Arc</title>
<meta name="description" content="Buy the Demolux Desk Lamp Arc at Imaginary Lights.">
</head>
<body>
<div class="breadcrumb">Lights / Desk lamps</div>
<h1>Demolux Desk Lamp Arc</h1>
<div class="product">
<span class="price">£54.00</span>
<ul>
<li>Brand: Demolux</li>
<li>SKU: IL-3391</li>
<li>EAN: 2941000000003</li>
<li>Availability: In stock</li>
</ul>
<p>A lamp for desks, with a bow of brushed steel and a switch in the foot.</p>
<button>Add to cart</button>
</div>
</body>
</html>
`

/** A neighbour of a catalogue product: another size is another product. */
export const NEAR_MISS_PAGE = KETTLE_PAGE.replaceAll('1.7 l', '2.5 l')
  .replace('39.90', '49.90')
  .replace('39,90', '49,90')

export const PARTS_CSV = `mpn,description,manufacturer,quantity
RC0603FR-0710KL,Thick film chip resistor,,500
C0603C104K5RACTU,Ceramic chip capacitor,,300
LM358N,Dual operational amplifier,,25
STM32F103C8T6,Microcontroller,,10
1N4148,Switching diode,,200
`
