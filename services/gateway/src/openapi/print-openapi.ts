/** Prints the OpenAPI document: `node services/gateway/src/openapi/print-openapi.ts`. Opens nothing. */
import { OPERATIONS } from '../routes.ts'
import { createOpenApi } from './create-openapi.ts'

process.stdout.write(`${JSON.stringify(createOpenApi(OPERATIONS), null, 2)}\n`)
