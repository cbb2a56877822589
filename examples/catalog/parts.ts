import type { CatalogItem } from '@stageline/domain'

const E12 = [10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82]

/** Resistors and capacitors from their makers' numbering systems, semiconductors and circuits from a list. */
export const parts = (): CatalogItem[] => [
  ...yageoResistors(),
  ...vishayResistors(),
  ...kemetCapacitors(),
  ...samsungCapacitors(),
  ...zenerDiodes(),
  ...listed(),
]

type Attributes = CatalogItem['attributes'] & { manufacturer: string; description: string; category: string }

const part = (key: string, attributes: Attributes): CatalogItem => ({
  kind: 'part',
  key,
  name: `${key} ${attributes.description}`,
  attributes,
})

/** RC0603FR-074K7L: chip size, F 1 %, R paper tape, 7 inch reel, value with the letter as its point. */
function yageoResistors(): CatalogItem[] {
  const decades: [scale: number, letter: string][] = [
    [10, 'R'],
    [1000, 'K'],
    [10_000, 'K'],
  ]
  return ['0402', '0603', '0805'].flatMap((size) =>
    decades.flatMap(([scale, letter]) =>
      E12.map((step) => {
        const shown = Math.round(step * scale) / (letter === 'R' ? 10 : 10_000)
        const volts = { '0402': '50 V', '0603': '75 V', '0805': '150 V' }[size]
        return resistor(`RC${size}FR-07${letterAsPoint(shown, letter)}L`, 'Yageo', size, ohms(shown, letter), volts)
      }),
    ),
  )
}

/** CRCW06034K70FKEA: chip size, four characters of value, F 1 %, K 100 ppm/K, EA paper tape. */
const vishayResistors = (): CatalogItem[] =>
  ['0603', '1206'].flatMap((size) =>
    E12.map((step) => {
      const [whole, fraction] = String(step)
      return resistor(
        `CRCW${size}${whole}K${fraction}0FKEA`,
        'Vishay',
        size,
        ohms(step / 10, 'K'),
        size === '1206' ? '200 V' : '75 V',
      )
    }),
  )

const ohms = (value: number, letter: string) => `${value} ${letter === 'R' ? 'ohm' : 'kohm'}`

const resistor = (key: string, manufacturer: string, size: string, value: string, voltage: string | undefined) =>
  part(key, {
    manufacturer,
    description: `Thick film chip resistor ${value} 1% ${size}`,
    category: 'Resistors',
    package: size,
    value,
    tolerance: '1%',
    voltage: voltage ?? null,
    pins: 2,
  })

/** 4.7 with K is 4K7, 10 with K is 10K. */
function letterAsPoint(value: number, letter: string): string {
  const [whole, fraction] = String(value).split('.')
  return `${whole}${letter}${fraction ?? ''}`
}

type Farads = { code: string; value: string }
const FARADS: Farads[] = [
  { code: '100', value: '10 pF' },
  { code: '220', value: '22 pF' },
  { code: '101', value: '100 pF' },
  { code: '471', value: '470 pF' },
  { code: '102', value: '1 nF' },
  { code: '222', value: '2.2 nF' },
  { code: '472', value: '4.7 nF' },
  { code: '103', value: '10 nF' },
  { code: '223', value: '22 nF' },
  { code: '473', value: '47 nF' },
  { code: '104', value: '100 nF' },
]

/** C0603C104K5RACTU: chip size, C, value in pF with exponent, K 10 %, 5 for 50 V, R X7R (G C0G), A, C tin, TU tape. */
const kemetCapacitors = (): CatalogItem[] =>
  ['0402', '0603', '0805'].flatMap((size) =>
    FARADS.map(({ code, value }) => {
      const stable = value.endsWith('pF')
      const [tolerance, percent, dielectric, name] = stable ? ['J', '5%', 'G', 'C0G'] : ['K', '10%', 'R', 'X7R']
      return capacitor(`C${size}C${code}${tolerance}5${dielectric}ACTU`, 'KEMET', size, value, percent, name, '50 V')
    }),
  )

/** CL10B104KB8NNNC: 10 for 0603 (metric 1608), B X7R (C C0G), value, tolerance, B 50 V, 8 thickness. */
const samsungCapacitors = (): CatalogItem[] =>
  FARADS.filter(({ value }) => value.endsWith('nF')).map(({ code, value }) =>
    capacitor(`CL10B${code}KB8NNNC`, 'Samsung Electro-Mechanics', '0603', value, '10%', 'X7R', '50 V'),
  )

const capacitor = (
  key: string,
  manufacturer: string,
  size: string,
  value: string,
  tolerance: string,
  dielectric: string,
  voltage: string,
) =>
  part(key, {
    manufacturer,
    description: `Ceramic chip capacitor ${value} ${tolerance} ${voltage} ${dielectric} ${size}`,
    category: 'Capacitors',
    package: size,
    value,
    tolerance,
    voltage,
    pins: 2,
  })

/** The 1 W Zener series 1N4728A (3.3 V) to 1N4752A (33 V) in JEDEC's order. */
const zenerDiodes = (): CatalogItem[] =>
  '3.3 3.6 3.9 4.3 4.7 5.1 5.6 6.2 6.8 7.5 8.2 9.1 10 11 12 13 15 16 18 20 22 24 27 30 33'
    .split(' ')
    .map((volts, index) =>
      part(`1N${4728 + index}A`, {
        manufacturer: 'onsemi',
        description: `Zener diode ${volts} V 1 W`,
        category: 'Diodes',
        package: 'DO-41',
        value: `${volts} V`,
        tolerance: '5%',
        pins: 2,
      }),
    )

/** Maker, category, then `number | package | pins | description` a line. */
const LISTS: [manufacturer: string, category: string, lines: string][] = [
  [
    'Texas Instruments',
    'Integrated circuits',
    `LM358N | DIP-8 | 8 | Dual operational amplifier
LM358D | SOIC-8 | 8 | Dual operational amplifier
LM385BLP-2-5 | TO-92 | 3 | Micropower voltage reference 2.5 V
LM324N | DIP-14 | 14 | Quad operational amplifier
LM324D | SOIC-14 | 14 | Quad operational amplifier
LM393P | DIP-8 | 8 | Dual comparator
LM339N | DIP-14 | 14 | Quad comparator
NE555P | DIP-8 | 8 | Timer
NE555D | SOIC-8 | 8 | Timer
NE556N | DIP-14 | 14 | Dual timer
TL071CP | DIP-8 | 8 | JFET operational amplifier
TL072CP | DIP-8 | 8 | Dual JFET operational amplifier
TL072CD | SOIC-8 | 8 | Dual JFET operational amplifier
TL074CN | DIP-14 | 14 | Quad JFET operational amplifier
TL431CLP | TO-92 | 3 | Adjustable shunt regulator
UA741CP | DIP-8 | 8 | Operational amplifier
OPA2134PA | DIP-8 | 8 | Dual audio operational amplifier
NE5532P | DIP-8 | 8 | Dual low-noise operational amplifier
LM317T | TO-220 | 3 | Adjustable regulator 1.5 A
LM2596S-5.0 | TO-263-5 | 5 | Step-down converter 5 V 3 A
LM7805CT | TO-220 | 3 | Fixed regulator 5 V 1 A
TPS54331DR | SOIC-8 | 8 | Step-down converter 3 A 28 V
SN74HC00N | DIP-14 | 14 | Quad NAND gate
SN74HC00D | SOIC-14 | 14 | Quad NAND gate
SN74HC02N | DIP-14 | 14 | Quad NOR gate
SN74HC04N | DIP-14 | 14 | Hex inverter
SN74HC04D | SOIC-14 | 14 | Hex inverter
SN74HC08N | DIP-14 | 14 | Quad AND gate
SN74HC14N | DIP-14 | 14 | Hex Schmitt-trigger inverter
SN74HC32N | DIP-14 | 14 | Quad OR gate
SN74HC74N | DIP-14 | 14 | Dual D flip-flop
SN74HC86N | DIP-14 | 14 | Quad XOR gate
SN74HC138N | DIP-16 | 16 | 3-to-8 decoder
SN74HC164N | DIP-14 | 14 | 8-bit shift register
SN74HC165N | DIP-16 | 16 | 8-bit shift register, parallel load
SN74HC595N | DIP-16 | 16 | 8-bit shift register with output latch
SN74HC595D | SOIC-16 | 16 | 8-bit shift register with output latch
CD4001BE | DIP-14 | 14 | Quad NOR gate
CD4011BE | DIP-14 | 14 | Quad NAND gate
CD4017BE | DIP-16 | 16 | Decade counter
CD4051BE | DIP-16 | 16 | 8-channel analog multiplexer
CD4066BE | DIP-14 | 14 | Quad bilateral switch
ULN2003AN | DIP-16 | 16 | Seven Darlington drivers
ULN2003ADR | SOIC-16 | 16 | Seven Darlington drivers
MAX232N | DIP-16 | 16 | Dual RS-232 transceiver
MAX3232CPE | DIP-16 | 16 | Dual RS-232 transceiver 3.3 V
INA219AIDR | SOIC-8 | 8 | Current and power monitor with I2C
ADS1115IDGSR | VSSOP-10 | 10 | 16-bit converter, 4 channels, I2C`,
  ],
  [
    'STMicroelectronics',
    'Integrated circuits',
    `STM32F103C8T6 | LQFP-48 | 48 | Microcontroller Cortex-M3 64 kB flash
STM32F030F4P6 | TSSOP-20 | 20 | Microcontroller Cortex-M0 16 kB flash
STM32F407VGT6 | LQFP-100 | 100 | Microcontroller Cortex-M4 1 MB flash
STM32G031K8T6 | LQFP-32 | 32 | Microcontroller Cortex-M0+ 64 kB flash
L7805CV | TO-220 | 3 | Fixed regulator 5 V 1.5 A
L7812CV | TO-220 | 3 | Fixed regulator 12 V 1.5 A
LD1117V33 | TO-220 | 3 | Low-drop regulator 3.3 V
L298N | Multiwatt-15 | 15 | Dual full-bridge driver
L293D | DIP-16 | 16 | Four half-bridge drivers with diodes
VNH2SP30TR-E | MultiPowerSO-30 | 30 | Motor driver 30 A`,
  ],
  [
    'Microchip Technology',
    'Integrated circuits',
    `ATMEGA328P-PU | DIP-28 | 28 | 8-bit microcontroller 32 kB flash
ATMEGA328P-AU | TQFP-32 | 32 | 8-bit microcontroller 32 kB flash
ATTINY85-20PU | DIP-8 | 8 | 8-bit microcontroller 8 kB flash
ATTINY85-20SU | SOIC-8 | 8 | 8-bit microcontroller 8 kB flash
PIC16F877A-I/P | DIP-40 | 40 | 8-bit microcontroller 14 kB flash
PIC16F628A-I/P | DIP-18 | 18 | 8-bit microcontroller 3.5 kB flash
PIC18F4550-I/P | DIP-40 | 40 | 8-bit microcontroller with USB
24LC256-I/P | DIP-8 | 8 | EEPROM 256 kbit I2C
24LC64-I/SN | SOIC-8 | 8 | EEPROM 64 kbit I2C
25LC640A-I/P | DIP-8 | 8 | EEPROM 64 kbit SPI
MCP3008-I/P | DIP-16 | 16 | 10-bit converter, 8 channels, SPI
MCP2515-I/SO | SOIC-18 | 18 | CAN controller with SPI
MCP23017-E/SP | DIP-28 | 28 | 16-bit port expander I2C
MCP6002-I/P | DIP-8 | 8 | Dual operational amplifier 1 MHz
MCP1700-3302E/TO | TO-92 | 3 | Low-drop regulator 3.3 V 250 mA`,
  ],
  [
    'Analog Devices',
    'Integrated circuits',
    `AD620ANZ | DIP-8 | 8 | Instrumentation amplifier
AD8232ACPZ | LFCSP-20 | 20 | Heart-rate monitor front end
ADXL345BCCZ | LGA-14 | 14 | Three-axis accelerometer
AD9833BRMZ | MSOP-10 | 10 | Waveform generator 12.5 MHz
MAX485CPA+ | DIP-8 | 8 | RS-485 transceiver
DS18B20+ | TO-92 | 3 | Digital thermometer 1-Wire
DS3231SN# | SOIC-16 | 16 | Real-time clock with crystal
LT1763CS8-3.3#PBF | SOIC-8 | 8 | Low-noise regulator 3.3 V 500 mA`,
  ],
  [
    'NXP Semiconductors',
    'Integrated circuits',
    `PCF8574P | DIP-16 | 16 | 8-bit port expander I2C
PCF8563T/5 | SOIC-8 | 8 | Real-time clock
LPC1768FBD100 | LQFP-100 | 100 | Microcontroller Cortex-M3 512 kB flash
TJA1050T/CM | SOIC-8 | 8 | CAN transceiver`,
  ],
  [
    'onsemi',
    'Transistors',
    `2N3904BU | TO-92 | 3 | NPN transistor 40 V 200 mA
2N3906BU | TO-92 | 3 | PNP transistor 40 V 200 mA
BC547B | TO-92 | 3 | NPN transistor 45 V 100 mA
BC557B | TO-92 | 3 | PNP transistor 45 V 100 mA
PN2222ABU | TO-92 | 3 | NPN transistor 40 V 600 mA
TIP31CG | TO-220 | 3 | NPN power transistor 100 V 3 A
TIP120G | TO-220 | 3 | NPN Darlington transistor 60 V 5 A
2N7002LT1G | SOT-23 | 3 | N-channel MOSFET 60 V 115 mA
BSS138LT1G | SOT-23 | 3 | N-channel MOSFET 50 V 200 mA
MMBT3904LT1G | SOT-23 | 3 | NPN transistor 40 V 200 mA
MMBT3906LT1G | SOT-23 | 3 | PNP transistor 40 V 200 mA
BC847BLT1G | SOT-23 | 3 | NPN transistor 45 V 100 mA
BC857BLT1G | SOT-23 | 3 | PNP transistor 45 V 100 mA`,
  ],
  [
    'Infineon Technologies',
    'Transistors',
    `IRF540NPBF | TO-220 | 3 | N-channel MOSFET 100 V 33 A
IRFZ44NPBF | TO-220 | 3 | N-channel MOSFET 55 V 49 A
IRLZ44NPBF | TO-220 | 3 | N-channel logic-level MOSFET 55 V 47 A
IRF9540NPBF | TO-220 | 3 | P-channel MOSFET 100 V 23 A
IRLML6402TRPBF | SOT-23 | 3 | P-channel MOSFET 20 V 3.7 A
IRLML2502TRPBF | SOT-23 | 3 | N-channel MOSFET 20 V 4.2 A`,
  ],
  [
    'onsemi',
    'Diodes',
    `1N4001G | DO-41 | 2 | Rectifier diode 50 V 1 A
1N4004G | DO-41 | 2 | Rectifier diode 400 V 1 A
1N4007G | DO-41 | 2 | Rectifier diode 1000 V 1 A
1N5817G | DO-41 | 2 | Schottky diode 20 V 1 A
1N5819G | DO-41 | 2 | Schottky diode 40 V 1 A
1N5822G | DO-201AD | 2 | Schottky diode 40 V 3 A
1N5408G | DO-201AD | 2 | Rectifier diode 1000 V 3 A
1N4148 | DO-35 | 2 | Switching diode 100 V 200 mA
MBRS340T3G | SMC | 2 | Schottky diode 40 V 3 A
BAT54LT1G | SOT-23 | 3 | Schottky diode 30 V 200 mA`,
  ],
  [
    'Diodes Incorporated',
    'Diodes',
    `1N4148W-7-F | SOD-123 | 2 | Switching diode 100 V 300 mA
BAT54S-7-F | SOT-23 | 3 | Dual Schottky diode 30 V 200 mA
BAV99-7-F | SOT-23 | 3 | Dual switching diode 75 V 300 mA
B340A-13-F | SMA | 2 | Schottky diode 40 V 3 A
SMBJ5.0A-13-F | SMB | 2 | Transient suppressor 5 V 600 W`,
  ],
]

const listed = (): CatalogItem[] =>
  LISTS.flatMap(([manufacturer, category, lines]) =>
    lines.split('\n').map((line) => {
      const [key, housing, pins, description] = line.split(' | ')
      return part(key!, {
        manufacturer,
        description: `${description}, ${housing}`,
        category,
        package: housing!,
        pins: Number(pins),
      })
    }),
  )
