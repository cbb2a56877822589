import type { Calibration } from '../calibration.ts'
import { LinearModel, type LinearModelFile } from '@stageline/models'
import type { KnownVendorsFile } from './known-vendors.ts'
import type { LineMemory } from './line-features.ts'

export type ReceiptModelFile = {
  /** Tells lines of the vendor's name and address from the rest. */
  lines: LinearModelFile
  total: LinearModelFile
  date: LinearModelFile
  memory: LineMemory
  vendors: KnownVendorsFile
  calibration: Partial<Record<'company' | 'date' | 'address' | 'total', Calibration>>
}

export type ReceiptModel = Omit<ReceiptModelFile, 'lines' | 'total' | 'date'> &
  Record<'lines' | 'total' | 'date', LinearModel>

export const receiptModel = (file: ReceiptModelFile): ReceiptModel => ({
  ...file,
  lines: new LinearModel(file.lines),
  total: new LinearModel(file.total),
  date: new LinearModel(file.date),
})
