/**
 * Writes the warehouse of this example: a DuckDB database with a table of part records that somebody made up.
 *
 *     node examples/part-records/make-warehouse.ts FOLDER
 */
import { DuckDBInstance } from '@duckdb/node-api'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = 'parts.duckdb'
const OFFER = `{'seller': 'Exemplar Parts', 'price': 0.12}`

type Part = {
  number: string
  priority: number
  maker?: string
  description?: string
  category?: string
  package?: string
  /** A value with values in it, as warehouses have them and no stage takes them. */
  offer?: string
}

const PARTS: readonly Part[] = [
  // Complete: what is left needs a person's judgement.
  {
    number: 'NXR-1001',
    priority: 0.9,
    maker: 'Nexar',
    description: 'RES 1K OHM 1% 1/10W 0603',
    category: 'resistors',
    package: '0603',
  },
  {
    number: 'NXR-1002',
    priority: 0.75,
    maker: 'Nexar',
    description: 'CAP CER 0.1UF 50V X7R 0603',
    category: 'capacitors',
    package: '0603',
  },
  // Half complete: automation, where the priority is worth it.
  { number: 'NXR-1003', priority: 0.8, description: 'RES 10K OHM 1% 1/10W 0603' },
  { number: 'NXR-1004', priority: 0.7, description: 'CAP CER 1UF 25V X5R 0402' },
  { number: 'NXR-1005', priority: 0.95, maker: 'Nexar', package: 'SOT-23' },
  { number: 'NXR-1006', priority: 0.4, description: 'IND 10UH 20% 1.2A' },
  // Little more than a number: automation is good at filling gaps, but for what hardly matters.
  { number: 'NXR-1007', priority: 0.85 },
  { number: 'NXR-1008', priority: 0.6, package: '0805' },
  { number: 'NXR-1009', priority: 0.1 },
  // What automation cannot do.
  { number: 'NXR-1010', priority: 0.9, description: 'DIODE GEN PURP 75V 150MA', offer: OFFER },
]

const text = (value: string | undefined): string => (value === undefined ? 'NULL' : `'${value.replaceAll("'", "''")}'`)

const row = (part: Part, nth: number): string =>
  `(${[part.number, part.maker, part.description, part.category, part.package].map(text).join(', ')}, ` +
  `${part.offer ?? 'NULL'}, ${part.priority}, TIMESTAMP '2026-01-05 08:00:00' + INTERVAL ${nth} MINUTE)`

const folder = process.argv[2]
if (folder === undefined) throw new Error('Name the folder to write to: make-warehouse.ts FOLDER')
await mkdir(folder, { recursive: true })
const instance = await DuckDBInstance.create(join(folder, FILE))
const connection = await instance.connect()
await connection.run(`CREATE OR REPLACE TABLE parts (
  part_number VARCHAR, maker VARCHAR, description VARCHAR, category VARCHAR, package VARCHAR,
  offer STRUCT(seller VARCHAR, price DECIMAL(9, 2)), priority DOUBLE, updated_at TIMESTAMP)`)
await connection.run(`INSERT INTO parts VALUES ${PARTS.map(row).join(', ')}`)
connection.closeSync()
instance.closeSync()
console.log(`${PARTS.length} parts in ${join(folder, FILE)}`)
