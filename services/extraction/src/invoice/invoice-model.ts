import type { Calibration } from '../calibration.ts'
import { LinearModel, type LinearModelFile } from '@stageline/models'
import type { ScoredField } from './field-candidates.ts'

export type InvoiceModelFile = {
  scorers: Record<ScoredField, LinearModelFile>
  calibration: Partial<Record<ScoredField, Calibration>>
}

export type InvoiceModel = { scorers: Record<ScoredField, LinearModel>; calibration: InvoiceModelFile['calibration'] }

export function invoiceModel({ scorers, calibration }: InvoiceModelFile): InvoiceModel {
  const of = (field: ScoredField): LinearModel => new LinearModel(scorers[field])
  return {
    calibration,
    scorers: {
      invoice_number: of('invoice_number'),
      issue_date: of('issue_date'),
      due_date: of('due_date'),
      seller_name: of('seller_name'),
      buyer_name: of('buyer_name'),
      seller_vat_id: of('seller_vat_id'),
      net_total: of('net_total'),
      tax_total: of('tax_total'),
      gross_total: of('gross_total'),
      due_amount: of('due_amount'),
    },
  }
}
