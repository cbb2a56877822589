import type { CatalogItem } from '../packages/domain/src/index.ts'
import { createRandom, pick } from './random.ts'

const LETTERS = 'ABCDEFGHKLMNPRSTVWXZ'
const SYLLABLES =
  'al an ar be bo bra ca cor da del den dor el en fa fer fi ga ger gra ha hel in ka kel kon la lin lo mar mel mo na nor o pa per pol ra ren ro sa sen sol ta tel ter to tra u va ven vi vol wa wen xe za'.split(
    ' ',
  )
const PARTS = [
  'Thick film chip resistor|ohm|0402 0603 0805 1206|1% 5%|RC CRCW ERJ',
  'Multilayer ceramic capacitor|nF|0402 0603 0805 1210|X7R X5R C0G|CC GRM CL',
  'Aluminium electrolytic capacitor|uF|radial SMD axial|20%|EEU UVR ECA',
  'Power inductor shielded|uH|4x4 6x6 10x10|20% 30%|SRR VLS MSS',
  'Zener diode|V|SOD-123 SOT-23 DO-35|2% 5%|BZX MMSZ BZT',
  'MOSFET N-channel|V|SOT-23 TO-220 DPAK SO-8|logic level|IRF BSS SI',
  'Linear voltage regulator|V|SOT-223 TO-92 DPAK|1 A|LM AMS TLV',
  'Operational amplifier dual|MHz|SOIC-8 DIP-8 TSSOP-8|rail to rail|OPA LMV TSH',
  'Circular connector, male|pins|M8 M12 M23|straight angled|SAC RKT HDC',
  'Hexagon head screw|mm|M4 M5 M6 M8|A2 8.8|DIN ISO SHS',
  'Deep groove ball bearing|mm|open sealed shielded|C3|SK FA NS',
  'Push button switch illuminated|mm|panel PCB|IP65 IP67|LB PB MPS',
].map((line) => line.split('|') as [string, string, string, string, string])
const GOODS =
  'Desk Lamp|Office Chair|Espresso Machine|Cordless Drill|Running Shoes|Wireless Headphones|USB-C Charger|Kitchen Knife|Frying Pan|Water Bottle|Backpack|Rain Jacket|Bicycle Helmet|Garden Hose|Laser Printer|Ink Cartridge|Mechanical Keyboard|Gaming Mouse|LED Monitor|External Hard Drive|Vacuum Cleaner|Air Purifier|Bed Linen Set|Bath Towel|Picture Frame|Wall Clock|Yoga Mat|Dumbbell Set|Tent|Sleeping Bag|Baby Stroller|Building Blocks|Board Game|Acoustic Guitar|Paper Shredder|Label Maker|Extension Cord|Smoke Detector|Tool Box|Work Gloves'.split(
    '|',
  )
const COLOURS = 'black white silver red blue green grey anthracite natural beige'.split(' ')
const LINES = 'Pro Classic Comfort Eco Plus Studio Compact Ultra Basic Premium Sport Home Travel Active'.split(' ')
const TRADES =
  'Maschinenbau Elektronik Logistik Bürobedarf Werkzeuge Papierhaus Metallbau Software Systems Trading Components Foods Textiles Services Engineering Verpackung Medizintechnik Energie'.split(
    ' ',
  )
const FORMS = 'GmbH|AG|KG|GmbH & Co. KG|Ltd|Inc|SARL|B.V.|S.p.A.|Oy|AB|s.r.o.'.split('|')

type Dice = { one: <T>(from: readonly T[]) => T; upTo: (most: number) => number }

/** Made-up parts, products and companies in the shares of 5, 3 and 2; the same ones at every call. No two have a key in common. */
export function* catalogueRows(count: number): Generator<CatalogItem> {
  const random = createRandom(7)
  const upTo = (most: number): number => Math.floor(random() * most)
  const dice: Dice = { upTo, one: (from) => pick(from, random) }
  const brands = Array.from({ length: 400 }, () => word(dice))
  for (let index = 0; index < count; index += 1) {
    const share = index % 10
    yield share < 5 ? part(index, dice, brands) : share < 8 ? product(index, dice, brands) : vendor(index, dice)
  }
}

/** `RC0402F-4K7042113`: a series, a size, and what tells it from its neighbours. */
function part(index: number, { one, upTo }: Dice, brands: readonly string[]): CatalogItem {
  const [what, unit, sizes, grades, series] = one(PARTS)
  const [size, grade] = [one(sizes.split(' ')), one(grades.split(' '))]
  const value = one([1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2]) * 10 ** upTo(3)
  const code = `${one(series.split(' '))}${size.replaceAll(/[^0-9]/g, '')}${one([...LETTERS])}${one([...LETTERS])}`
  const key = `${code}-${String(value).replace('.', 'R')}${index.toString(36).toUpperCase()}`
  const description = `${what} ${value} ${unit} ${grade} ${size}`
  return {
    kind: 'part',
    key,
    name: `${key} ${description}`,
    attributes: { manufacturer: one(brands), description, package: size },
  }
}

function product(index: number, { one, upTo }: Dice, brands: readonly string[]): CatalogItem {
  const brand = one(brands)
  const model = `${one([...LETTERS])}${one([...LETTERS])}${upTo(9000) + 1000}`
  const name = `${brand} ${one(LINES)} ${one(GOODS)} ${model} ${upTo(90) + 10} cm ${one(COLOURS)}`
  return { kind: 'product', key: String(2_000_000_000_000 + index * 7919), name, attributes: { brand, mpn: model } }
}

function vendor(index: number, dice: Dice): CatalogItem {
  const { one, upTo } = dice
  const name = `${word(dice)} ${upTo(3) === 0 ? `${word(dice)} ` : ''}${one(TRADES)} ${one(FORMS)}`
  const country = one(['DE', 'AT', 'FR', 'IT', 'NL'])
  const address = `${word(dice)}straße ${upTo(200) + 1}, ${upTo(90_000) + 10_000} ${word(dice)}`
  return {
    kind: 'vendor',
    key: `${country}${100_000_000 + index * 797}`,
    name,
    attributes: { country, currency: 'EUR', address },
  }
}

function word({ one, upTo }: Dice): string {
  const text = Array.from({ length: 2 + upTo(2) }, () => one(SYLLABLES)).join('')
  return `${text[0]!.toUpperCase()}${text.slice(1)}`
}

/** What somebody types who has the row before them: two letters wrong, one word left out. */
export function mistyped(text: string, seed: number): string {
  const random = createRandom(seed)
  const at = (length: number): number => Math.floor(random() * length)
  const words = text.split(' ')
  const some = words.length > 3 ? words.toSpliced(at(words.length), 1) : words
  const signs = [...some.join(' ')]
  signs.splice(at(signs.length), 1)
  signs[at(signs.length)] = 'e'
  return signs.join('')
}
