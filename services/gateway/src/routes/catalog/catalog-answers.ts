import { CatalogItem } from '@stageline/domain'
import { IMPORT_STATES, type CatalogImport } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id } from '../../http/id.ts'

export const CatalogItemAnswer = CatalogItem.meta({ id: 'CatalogItem' })

const count = z.number().int()

export const ImportAnswer = z
  .object({
    id: Id,
    state: z.enum(IMPORT_STATES).meta({
      description:
        '`checking` and `storing` go on; `completed`: the rows are stored; `checked`: it was a dry run; `refused`: because of its faults nothing was stored; `failed`: for a reason of our own; `interrupted`: the process ended. Whatever broke off is completed by sending the file again.',
    }),
    fileName: z.string().nullable(),
    bytes: count,
    dryRun: z.boolean(),
    onFault: z.enum(['refuse', 'skip']),
    rows: z.object({
      read: count.meta({ description: 'Looked at so far; all, once they are being stored' }),
      stored: count,
      faulty: count,
    }),
    faults: z
      .array(z.object({ line: count.nullable(), column: z.string().nullable(), detail: z.string() }))
      .meta({ description: 'The first 100, with line and column; `rows.faulty` is the number of all' }),
    actor: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'CatalogImport' })

export const showImport = (view: CatalogImport): z.input<typeof ImportAnswer> => ({
  ...view,
  faults: view.faults.map((fault) => ({ ...fault })),
})
