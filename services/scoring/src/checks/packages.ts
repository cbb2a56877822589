/** What kind of housing a package is: makers make few kinds. */
export type PackageFamily = 'chip' | 'discrete' | 'circuit' | 'leaded'

/** Imperial size codes of chip resistors, capacitors and inductors (EIA). */
const SIZE_CODE = /(?<!\d)(01005|0201|0402|0603|0805|1206|1210|1806|1808|1812|2010|2220|2512)(?!\d)/

const FAMILIES: [PackageFamily, RegExp][] = [
  ['chip', new RegExp(`^(?:SMD ?|CHIP ?)?${SIZE_CODE.source}(?:$|[ (,])`)],
  ['discrete', /^(?:SOT|SOD|SC|DO|TO|SMA|SMB|SMC|DPAK|D2PAK|MELF|MINIMELF|POWERPAK|DIODE)(?![A-Z])/],
  [
    'circuit',
    /^[A-Z]{0,2}(?:DIP|DIL|SOIC|SO|SOP|SSOP|TSSOP|MSOP|VSSOP|QFP|QFN|DFN|SON|BGA|LGA|PLCC|LCC|CSP|LFCSP|WLCSP)(?![A-Z])/,
  ],
  ['leaded', /^(?:RADIAL|AXIAL)(?![A-Z])/],
]

/** Undefined for what the table does not know. */
export const packageFamilyOf = (housing: string): PackageFamily | undefined =>
  FAMILIES.find(([, pattern]) => pattern.test(housing.trim().toUpperCase()))?.[0]

/** `0603` of "0603 (1608 metric)". */
export const sizeCodeOf = (housing: string): string | undefined => SIZE_CODE.exec(housing)?.[1]
