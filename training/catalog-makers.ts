import { makerChains } from '../services/enrichment/src/maker-chains.ts'
import type { ChainExample } from './chains.ts'
import { readRows } from './data.ts'

/** Counts as much as so many parts: numbers in a symbol library lack their endings, and stand for whole series. */
const LISTED = 0.3

/** Rows of one maker that begin alike count once, so that long series do not outweigh the rest. */
const ALIKE = 6

/**
 * Numbers of the KiCad library whose data sheet lies with their maker. Hosts that several makers share, or that no
 * maker of the table owns, say nothing.
 */
export function catalogMakers(dir: string): ChainExample[] {
  const seen = new Set<string>()
  return readRows<{ part: string; datasheet_url?: string }>(dir, 'parts-kicad/catalog.ndjson.gz').flatMap(
    ({ part, datasheet_url }) => {
      const label = makerAt(datasheet_url)
      const alike = `${label} ${part.slice(0, ALIKE).toUpperCase()}`
      if (!label || seen.has(alike)) return []
      seen.add(alike)
      return [{ label, chains: { start: makerChains(part)['start'] ?? [] }, weight: LISTED }]
    },
  )
}

function makerAt(url = ''): string | undefined {
  const host = /^https?:\/\/([^/:]+)/i.exec(url)?.[1]?.toLowerCase() ?? ''
  return HOSTS[host.split('.').slice(-2).join('.')]
}

const HOSTS: Readonly<Record<string, string>> = {
  'ti.com': 'Texas Instruments',
  'st.com': 'STMicroelectronics',
  'onsemi.com': 'ON Semiconductor',
  'fairchildsemi.com': 'ON Semiconductor',
  'microchip.com': 'Microchip Technology',
  'atmel.com': 'Microchip Technology',
  'micrel.com': 'Microchip Technology',
  'diodes.com': 'Diodes Incorporated',
  'nxp.com': 'NXP USA Inc.',
  'nexperia.com': 'Nexperia USA Inc.',
  'infineon.com': 'Infineon Technologies',
  'irf.com': 'Infineon Technologies',
  'cypress.com': 'Cypress Semiconductor Corp',
  'analog.com': 'Analog Devices Inc.',
  'linear.com': 'Linear Technology/Analog Devices',
  'maximintegrated.com': 'Maxim Integrated',
  'silabs.com': 'Silicon Labs',
  'ftdichip.com': 'FTDI, Future Technology Devices International Ltd',
  'allegromicro.com': 'Allegro MicroSystems, LLC',
  'omron.com': 'Omron Electronics Inc-EMC Div',
  'nordicsemi.com': 'Nordic Semiconductor ASA',
  'semtech.com': 'Semtech Corporation',
  'power.com': 'Power Integrations',
  'powerint.com': 'Power Integrations',
  'melexis.com': 'Melexis Technologies NV',
  'monolithicpower.com': 'Monolithic Power Systems Inc.',
  'broadcom.com': 'Broadcom Limited',
  'renesas.com': 'Renesas Electronics America Inc.',
  'intersil.com': 'Renesas Electronics America Inc.',
  'idt.com': 'IDT, Integrated Device Technology Inc',
  'espressif.com': 'Espressif Systems',
  'latticesemi.com': 'Lattice Semiconductor Corporation',
  'xilinx.com': 'Xilinx Inc.',
  'altera.com': 'Intel',
  'winbond.com': 'Winbond Electronics',
  'issi.com': 'ISSI, Integrated Silicon Solution Inc',
  'recom-power.com': 'RECOM Power',
  'tracopower.com': 'Traco Power',
  'meanwell.com': 'Mean Well USA Inc.',
  'bourns.com': 'Bourns Inc.',
  'u-blox.com': 'U-Blox America Inc.',
  'trinamic.com': 'Trinamic Motion Control GmbH',
  'richtek.com': 'Richtek USA Inc.',
  'rohm.com': 'ROHM Semiconductor',
  'vicorpower.com': 'Vicor Corporation',
  'artesyn.com': 'Artesyn Embedded Technologies',
  'cui.com': 'CUI Inc.',
  'minicircuits.com': 'Mini-Circuits',
  'skyworksinc.com': 'Skyworks Solutions Inc.',
  'exar.com': 'Exar Corporation',
  'aosmd.com': 'Alpha & Omega Semiconductor Inc.',
  'ixys.com': 'IXYS',
  'coilcraft.com': 'Coilcraft',
  'cirrus.com': 'Cirrus Logic Inc.',
  'sensirion.com': 'Sensirion AG',
  'littelfuse.com': 'Littelfuse Inc.',
  'ams.com': 'ams',
  'invensense.com': 'TDK InvenSense',
  'dialog-semiconductor.com': 'Dialog Semiconductor GmbH',
  'kingbright.com': 'Kingbright',
  'everlight.com': 'Everlight Electronics Co Ltd',
  'centralsemi.com': 'Central Semiconductor Corp',
}
