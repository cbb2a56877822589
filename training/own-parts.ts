/**
 * Part descriptions written for this repository, in the clipped style of distributors: they cover categories that the
 * training data hardly holds. Part numbers are invented.
 */
const OWN: Record<string, string[]> = {
  Resistors: [
    'RES 10K OHM 1% 1/10W 0603',
    'RES SMD 4.7K OHM 5% 1/8W 0805',
    'RES 0.01 OHM 1% 1W 2512',
    'RES ARRAY 4 RES 1K OHM 0804',
    'RES THIN FILM 100 OHM 0.1% 0402',
  ],
  Capacitors: [
    'CAP CER 0.1UF 50V X7R 0603',
    'CAP ALUM 100UF 20% 25V SMD',
    'CAP CER 10PF 50V C0G/NP0 0402',
    'CAP TANT 10UF 10% 16V 1206',
    'CAP FILM 0.22UF 10% 275VAC RADIAL',
  ],
  'Inductors, Coils, Chokes': [
    'FIXED IND 10UH 1.2A 120 MOHM SMD',
    'INDUCTOR SHIELDED 4.7UH 3A SMD',
    'FIXED IND 100NH 500MA 0402',
    'COMMON MODE CHOKE 1A 2LN SMD',
  ],
  'Potentiometers, Variable Resistors': [
    'TRIMMER 10K OHM 0.5W PC PIN TOP',
    'POT 50K OHM 1/5W PLASTIC LINEAR',
    'TRIMMER 1K OHM 0.25W J LEAD TOP',
  ],
  'Power Supplies - Board Mount': [
    'DC DC CONVERTER 5V 5W',
    'AC/DC CONVERTER 12V 10W',
    'DC DC CONVERTER 3.3V 1A',
    'DC DC CONVERTER +/-15V 2W',
  ],
  'Battery Products': [
    'BATTERY HOLDER AA 2 CELL PC PIN',
    'BATTERY HOLDER COIN 12MM SMD',
    'BATTERY LITHIUM 3V COIN 20MM',
    'BATTERY CLIP 9V SNAP',
  ],
  'Audio Products': [
    'SPEAKER 8 OHM 1W TOP PORT',
    'BUZZER PIEZO 5V 12MM TH',
    'MIC MEMS DIGITAL PDM OMNI',
    'AUDIO MAGNETIC XDCR 3V SMD',
  ],
  'Development Boards, Kits, Programmers': [
    'EVAL BOARD FOR BUCK CONVERTER',
    'DEV KIT WIRELESS SENSOR',
    'PROGRAMMER IN-CIRCUIT USB',
    'BREAKOUT BOARD ACCELEROMETER',
  ],
  Filters: [
    'FILTER LC 10NF SMD',
    'FERRITE BEAD 1 KOHM 0402 1LN',
    'FILTER EMI 3RD ORDER LOW PASS',
    'COMMON MODE FILTER 90 OHM USB',
  ],
  Isolators: [
    'DGTL ISO 5KV 4CH GEN PURP 16SOIC',
    'OPTOISO 5KV TRANSISTOR 4SMD',
    'OPTOISO 3.75KV TRIAC 6DIP',
    'DGTL ISOLATOR 2.5KV 1CH 8SOIC',
  ],
  Relays: [
    'RELAY GEN PURPOSE SPDT 10A 12V',
    'SSR RELAY SPST-NO 3A 0-60V',
    'RELAY TELECOM DPDT 1A 5V',
    'RELAY AUTOMOTIVE SPST 40A 12V',
  ],
  'Crystals, Oscillators, Resonators': [
    'CRYSTAL 16.0000MHZ 18PF SMD',
    'CERAMIC RES 8.0000MHZ 15PF SMD',
    'XTAL OSC TCXO 26.0000MHZ SNWV SMD',
    'CRYSTAL 12.0000MHZ 20PF TH',
  ],
  Switches: [
    'SWITCH ROCKER SPST 10A 125V',
    'SWITCH DIP 8POS 50MA 24V',
    'SWITCH ROTARY DIP BCD 25MA 24V',
    'SWITCH SNAP ACTION SPDT 5A 250V',
  ],
  'Circuit Protection': [
    'PTC RESET FUSE 15V 500MA 1206',
    'FUSE GLASS 2A 250VAC 5X20MM',
    'VARISTOR 275V 4.5KA DISC 14MM',
    'TVS DIODE 12V 19.9V DO214AA',
    'GDT 90V 20% 5KA SURFACE MOUNT',
  ],
  Optoelectronics: [
    'LED RED CLEAR 0805 SMD',
    'LED RGB DIFFUSED 4PLCC SMD',
    'DISPLAY 7-SEG 0.56" 1 DIGIT RED',
    'DISPLAY OLED 128X64 I2C',
    'LASER DIODE 650NM 5MW',
  ],
  'Test and Measurement': ['PC TEST POINT COMPACT YELLOW', 'TEST CLIP IC 8POS', 'PC TEST POINT MULTIPURPOSE WHITE'],
  'Discrete Semiconductor Products': [
    'DIODE SCHOTTKY 40V 1A SMA',
    'MOSFET N-CH 60V 5A SOT23',
    'TRANS NPN 45V 0.1A SOT23',
    'DIODE ZENER 5.1V 500MW SOD123',
    'IGBT 600V 20A TO220',
    'BRIDGE RECT 1PHASE 600V 1A',
  ],
  'Integrated Circuits (ICs)': [
    'IC REG LINEAR 3.3V 1A SOT223',
    'IC OPAMP GP 2 CIRCUIT 8SOIC',
    'IC EEPROM 256KBIT I2C 8TSSOP',
    'IC MCU 32BIT 128KB FLASH 48LQFP',
    'IC GATE NAND 4CH 2-INP 14SOIC',
  ],
  'Sensors, Transducers': [
    'SENSOR DIGITAL -40C-125C 8SOIC',
    'SENSOR HALL EFFECT SWITCH SOT23',
    'THERMISTOR NTC 10K OHM 1% 0603',
    'ACCEL 2-16G I2C/SPI 14LGA',
    'SENSOR HUMIDITY 3.3V I2C 3% SMD',
  ],
  'RF/IF and RFID': [
    'RF TXRX MODULE BLE CHIP ANTENNA',
    'IC AMP 802.11 2.4GHZ 16QFN',
    'RF ANT 868MHZ WHIP SMA',
    'RFID TAG R/W 13.56MHZ',
    'BALUN 2.4GHZ 50/100 OHM 0603',
  ],
  'Connectors, Interconnects': [
    'CONN HEADER VERT 10POS 1.27MM',
    'CONN D-SUB RCPT 9POS R/A',
    'TERM BLK 2P SIDE ENTRY 5MM PCB',
    'CONN FFC BOTTOM 20POS 0.5MM R/A',
    'CONN PWR JACK 2X5.5MM SOLDER',
  ],
}

/** The same kinds of parts in plain words, as people and makers describe them. */
const PLAIN: Record<string, string[]> = {
  Resistors: [
    'Thick film resistor 10 kOhm 1 %',
    'Chip resistor',
    'Carbon film resistor axial',
    'Current sense resistor',
  ],
  Capacitors: [
    'Ceramic capacitor 100 nF',
    'Multilayer chip capacitor X7R',
    'Aluminium electrolytic capacitor',
    'Tantalum capacitor',
  ],
  'Inductors, Coils, Chokes': ['Power inductor 10 µH', 'Chip inductor', 'Shielded coil'],
  'Integrated Circuits (ICs)': [
    'Operational amplifier, dual',
    'Microcontroller, 32-bit',
    'Voltage regulator, linear',
    'Timer circuit',
    'Shift register',
    'Comparator',
    'Real-time clock',
    'EEPROM memory',
  ],
  'Discrete Semiconductor Products': [
    'Switching diode',
    'Rectifier diode',
    'Schottky diode',
    'Zener diode',
    'NPN transistor',
    'N-channel MOSFET',
    'Bridge rectifier',
  ],
  'Connectors, Interconnects': ['Pin header, 10 positions', 'USB connector type C', 'Terminal block', 'Jumper socket'],
  'Crystals, Oscillators, Resonators': ['Quartz crystal 16 MHz', 'Crystal oscillator', 'Ceramic resonator'],
  Optoelectronics: ['Light emitting diode, red', 'LED green 5 mm', 'Seven segment display'],
  'Sensors, Transducers': ['Temperature sensor', 'Hall sensor', 'Accelerometer, three axes', 'Humidity sensor'],
  Relays: ['Power relay 12 V', 'Solid state relay'],
  Switches: ['Push button', 'Slide switch', 'Tactile switch'],
  Isolators: ['Optocoupler', 'Digital isolator, four channels'],
  'Circuit Protection': ['Fuse 2 A slow', 'Resettable fuse', 'Varistor', 'TVS diode'],
  Filters: ['Ferrite bead', 'EMI filter'],
  'RF/IF and RFID': ['Bluetooth module', 'Wi-Fi module', 'Chip antenna', 'RFID reader'],
}

export const ownParts = (): { mpn: string; description: string; category: string }[] =>
  [...Object.entries(OWN), ...Object.entries(PLAIN)].flatMap(([category, descriptions]) =>
    descriptions.map((description, index) => ({ mpn: `ZZ${index}${description.length}`, description, category })),
  )
