import { folded } from '../folded.ts'
import type { PackageFamily } from './packages.ts'

/** How a maker spells the numbers of one product line. Only lines whose system is published are listed. */
type NumberSystem = {
  /** A number that begins like this … */
  begins: RegExp
  /** … is spelled like this. */
  whole: RegExp
  /** The chip size that the number tells. */
  sizeIn?: (mpn: string) => string | undefined
}

export type Maker = { name: string; packages: readonly PackageFamily[]; systems: readonly NumberSystem[] }

/**
 * The maker known under a name or a short form; letter case and accents do not matter. What stands behind a known name
 * (legal form, country, division) does not either, except behind short forms of two letters.
 */
export function makerNamed(name: string | undefined): Maker | undefined {
  const words = folded(name ?? '').split(' ')
  const beginnings = words.map((_, index) => words.slice(0, words.length - index).join(' '))
  const known = beginnings.find((beginning, index) => MAKERS.has(beginning) && (index === 0 || beginning.length > 2))
  return known === undefined ? undefined : MAKERS.get(known)
}

/** The size as the four digits behind the letters. */
const sizeBehind = (letters: RegExp) => (mpn: string) => letters.exec(mpn)?.[1]

/** The size as a code of two digits behind the letters. */
const sizeCoded = (letters: RegExp, codes: Record<string, string>) => (mpn: string) =>
  codes[letters.exec(mpn)?.[1] ?? '']

const SYSTEMS: Record<string, NumberSystem[]> = {
  Yageo: [
    {
      begins: /^RC\d{4}/i,
      whole: /^RC\d{4}[BCDFGJ][RKS]-(?:07|10|13|7W|7D)[\dRKM]{1,5}L?$/i,
      sizeIn: sizeBehind(/^RC(\d{4})/i),
    },
    { begins: /^CC\d{4}/i, whole: /^CC\d{4}[A-Z]{2}[A-Z0-9]{3}\d?[A-Z]{2}\d{3}$/i, sizeIn: sizeBehind(/^CC(\d{4})/i) },
  ],
  Vishay: [
    {
      begins: /^CRCW\d{4}/i,
      whole: /^CRCW\d{4}[\dRKM]{4}(?:[BDFGJ][A-Z]|Z0)[A-Z]{2}(?:HP|C|IF)?$/i,
      sizeIn: sizeBehind(/^CRCW(\d{4})/i),
    },
  ],
  KEMET: [
    {
      begins: /^C\d{4}C\d{3}/i,
      whole: /^C\d{4}C\d{3}[A-Z]\d[A-Z][A-Z0-9]{1,9}$/i,
      sizeIn: sizeBehind(/^C(\d{4})C\d{3}/i),
    },
  ],
  'Samsung Electro-Mechanics': [
    {
      begins: /^CL\d{2}[A-Z]\d/i,
      whole: /^CL\d{2}[A-Z](?:\d{3}|\dR\d|R\d{2})[A-Z]{2}[A-Z0-9]{4,5}$/i,
      sizeIn: sizeCoded(/^CL(\d{2})[A-Z]/i, {
        '03': '0201',
        '05': '0402',
        '10': '0603',
        '21': '0805',
        '31': '1206',
        '32': '1210',
      }),
    },
  ],
  Murata: [
    {
      begins: /^GRM\d{2}/i,
      whole: /^GRM\d{2}[A-Z0-9]{2}[A-Z0-9]{2}[A-Z0-9]{6,10}$/i,
      sizeIn: sizeCoded(/^GRM(\d{2})/i, {
        '03': '0201',
        '15': '0402',
        '18': '0603',
        '21': '0805',
        '31': '1206',
        '32': '1210',
      }),
    },
  ],
}

/** `Name = other names` by what they make. Housings are named widely: a maker's rare product should not fail. */
const LISTED: [packages: PackageFamily[], names: string][] = [
  [
    ['chip', 'leaded'],
    `Yageo
    KEMET = kemet electronics
    Samsung Electro-Mechanics = samsung | semco
    Murata = murata electronics | murata manufacturing
    TDK = tdk epcos
    Taiyo Yuden
    Wurth Elektronik = wuerth elektronik | wurth | we
    Bourns
    Stackpole Electronics = stackpole
    Walsin Technology = walsin
    Susumu
    Nichicon
    Rubycon
    Coilcraft
    KOA Speer = koa | koa speer electronics`,
  ],
  [
    ['discrete', 'circuit'],
    `Texas Instruments = ti
    STMicroelectronics = st | stm | st microelectronics
    Microchip Technology = microchip | atmel
    Analog Devices = adi | ad | linear technology | maxim | maxim integrated
    NXP Semiconductors = nxp | philips semiconductors | freescale
    Renesas Electronics = renesas | intersil
    Silicon Labs = silabs | silicon laboratories
    Espressif Systems = espressif
    Nordic Semiconductor = nordic
    Cypress Semiconductor = cypress
    Intel = altera
    AMD = xilinx
    Lattice Semiconductor = lattice
    Raspberry Pi
    Winbond Electronics = winbond
    Micron Technology = micron
    Monolithic Power Systems = mps
    FTDI = future technology devices international`,
  ],
  [
    ['chip', 'discrete', 'circuit', 'leaded'],
    `onsemi = on semiconductor | on semi | fairchild | fairchild semiconductor
    Infineon Technologies = infineon | international rectifier
    Diodes Incorporated = diodes | diodes zetex
    Nexperia
    Vishay = vishay dale | vishay semiconductors | vishay siliconix | vishay intertechnology | vishay semi diodes division
    ROHM Semiconductor = rohm
    Toshiba = toshiba semiconductor and storage
    Panasonic = panasonic electronic components
    Littelfuse
    AVX = kyocera avx
    Broadcom = avago technologies | broadcom limited
    Lite-On = lite on | liteon | lite on inc
    Everlight Electronics = everlight
    Kingbright
    Central Semiconductor
    Abracon
    Epson
    CTS = cts frequency controls
    Skyworks Solutions = skyworks
    Honeywell
    Bosch Sensortec = bosch`,
  ],
  [
    ['leaded'],
    `Molex
    TE Connectivity = te | tyco electronics | amp | te connectivity amp connectors
    Amphenol = amphenol icc | amphenol fci
    JST = jst sales america
    Hirose Electric = hirose
    Samtec
    Phoenix Contact
    Harwin
    C&K = c k | c k components
    Omron = omron electronics
    Keystone Electronics = keystone
    CUI Devices = cui | cui inc
    Schurter
    NIC Components = nic
    Wago
    Switchcraft
    Sullins Connector Solutions = sullins`,
  ],
]

const MAKERS: ReadonlyMap<string, Maker> = new Map(
  LISTED.flatMap(([packages, lines]) =>
    lines.split('\n').flatMap((line): [string, Maker][] => {
      const [name = '', others = ''] = line.trim().split(' = ')
      const maker = { name, packages, systems: SYSTEMS[name] ?? [] }
      return [name, ...others.split(' | ')].filter(Boolean).map((spelling) => [folded(spelling), maker])
    }),
  ),
)
