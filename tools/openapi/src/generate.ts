/** Writes the client's types anew: `node tools/openapi/src/generate.ts`. */
import { writeFileSync } from 'node:fs'
import { clientTypes, TYPES_FILE } from './client-types.ts'

writeFileSync(TYPES_FILE, await clientTypes())
process.stdout.write(`Wrote ${TYPES_FILE}\n`)
