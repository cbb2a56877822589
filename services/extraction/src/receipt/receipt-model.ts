import { LinearModel, type LinearModelFile } from '@stageline/models'
import type { KnownVendorsFile } from './known-vendors.ts'
import type { LineMemory } from './line-features.ts'
import type { TillHabits } from './till-habits.ts'

export const RECEIPT_FIELDS = ['company', 'date', 'address', 'total'] as const
export type ReceiptField = (typeof RECEIPT_FIELDS)[number]

export type ReceiptModelFile = {
  /** Tells lines of the vendor's name and address from the rest. */
  lines: LinearModelFile
  total: LinearModelFile
  date: LinearModelFile
  memory: LineMemory
  vendors: KnownVendorsFile
  habits: Record<'total' | 'date', TillHabits>
  /** Says how likely a reading is right, from what speaks for it. Learned from readings of receipts not seen. */
  trust: Partial<Record<ReceiptField, LinearModelFile>>
}

export type ReceiptModel = Omit<ReceiptModelFile, 'lines' | 'total' | 'date' | 'trust'> &
  Record<'lines' | 'total' | 'date', LinearModel> & { trust: Partial<Record<ReceiptField, LinearModel>> }

export const receiptModel = (file: ReceiptModelFile): ReceiptModel => ({
  ...file,
  lines: new LinearModel(file.lines),
  total: new LinearModel(file.total),
  date: new LinearModel(file.date),
  trust: receiptTrust(file.trust),
})

export const receiptTrust = (file: ReceiptModelFile['trust']): ReceiptModel['trust'] =>
  Object.fromEntries(Object.entries(file).map(([name, model]) => [name, new LinearModel(model)]))
