import type { CatalogItem } from '@stageline/domain'
import { gtinCheckDigit } from './check-digits.ts'

/** Brand, short form for article numbers, then `name | model | category`. */
const BRANDS: [brand: string, short: string, lines: string][] = [
  [
    'Demolux',
    'DLX',
    'Desk Lamp Arc | A10 | Lighting\nFloor Lamp Arc | A30 | Lighting\nLED Panel 60 x 60 | P60 | Lighting\nBicycle Light Set | B2 | Lighting\nHead Torch | H4 | Lighting',
  ],
  [
    'Exempla',
    'EXM',
    'Cordless Kettle 1.7 l | KT-200 | Kitchen\nCordless Kettle 1.2 l | KT-120 | Kitchen\nToaster Four Slices | TS-40 | Kitchen\nHand Blender | HB-15 | Kitchen\nCoffee Grinder | CG-80 | Kitchen',
  ],
  [
    'Fabulon',
    'FBL',
    'Wireless Headphones | WH-7 | Audio\nWired Headphones | WD-7 | Audio\nPortable Speaker | PS-3 | Audio\nSound Bar | SB-90 | Audio\nClock Radio | CR-5 | Audio',
  ],
  [
    'Testwood',
    'TWD',
    'Oak Shelf 80 cm | S80 | Furniture\nOak Shelf 120 cm | S120 | Furniture\nOffice Chair | C1 | Furniture\nStanding Desk | D140 | Furniture\nBedside Table | T40 | Furniture',
  ],
  [
    'Mockingware',
    'MKW',
    'Cordless Drill 18 V | CD18 | Tools\nCordless Drill 12 V | CD12 | Tools\nJigsaw | JS-65 | Tools\nBit Set 32 Pieces | BS32 | Tools\nSpirit Level 60 cm | SL60 | Tools',
  ],
  [
    'Imagina',
    'IMG',
    'Notebook A5 Dotted | N5D | Stationery\nNotebook A4 Ruled | N4R | Stationery\nBall Pen Blue 10 Pack | BP10 | Stationery\nDesk Organiser | DO3 | Stationery\nWhiteboard 90 x 60 | WB96 | Stationery',
  ],
  [
    'Nomenclat',
    'NMC',
    'USB-C Cable 1 m | UC1 | Computing\nUSB-C Cable 2 m | UC2 | Computing\nUSB Hub Four Ports | UH4 | Computing\nWireless Mouse | WM2 | Computing\nMechanical Keyboard | MK87 | Computing',
  ],
  [
    'Fictiva',
    'FCT',
    'Trekking Backpack 45 l | TB45 | Outdoor\nDay Pack 20 l | DP20 | Outdoor\nTwo-Person Tent | T2 | Outdoor\nSleeping Mat | SM1 | Outdoor\nVacuum Flask 0.75 l | VF75 | Outdoor',
  ],
  [
    'Samplo',
    'SMP',
    'Building Blocks 200 Pieces | BB200 | Toys\nBuilding Blocks 500 Pieces | BB500 | Toys\nWooden Train | WT1 | Toys\nMarble Run | MR60 | Toys\nKite Delta | KD2 | Toys',
  ],
  [
    'Pseudora',
    'PSD',
    'Garden Hose 20 m | GH20 | Garden\nGarden Hose 30 m | GH30 | Garden\nPruning Shears | PR8 | Garden\nWatering Can 10 l | WC10 | Garden\nRain Gauge | RG1 | Garden',
  ],
]

/** Fifty made-up products. Their GTINs lie in the range that GS1 keeps for use inside a company (prefix 29). */
export function products(): CatalogItem[] {
  const all = BRANDS.flatMap(([brand, short, lines]) => lines.split('\n').map((line) => ({ brand, short, line })))
  return all.map(({ brand, short, line }, index) => {
    const [name, model, category] = line.split(' | ')
    const digits = `29${String(4_100_000_000 + index * 7_310_111).padStart(10, '0')}`
    return {
      kind: 'product',
      key: `${digits}${gtinCheckDigit(digits)}`,
      name: `${brand} ${name}`,
      attributes: { brand, mpn: `${short}-${model}`, category: category! },
    }
  })
}
