import type { DocumentKind, DocumentModel, Extraction } from '@stageline/domain'
import { extractDatasheet } from './datasheet/extract-datasheet.ts'
import { extractInvoiceText } from './invoice/extract-invoice-text.ts'
import { readStructuredInvoice } from './invoice/read-structured-invoice.ts'
import type { Models } from './models.ts'
import { extractProductPage } from './product/extract-product-page.ts'
import { extractReceipt } from './receipt/extract-receipt.ts'
import { extractRows } from './record/extract-rows.ts'

/** Reads the fields that documents of a kind have. Kind `other` has none. */
export function extractDocument(
  document: DocumentModel,
  kind: DocumentKind,
  models: Models,
  category?: { name: string; confidence: number },
): Extraction {
  switch (kind) {
    case 'invoice':
    case 'credit_note':
      // An attached e-invoice is the original by law; the page is its picture and adds nothing but doubt.
      return readStructuredInvoice(document) ?? extractInvoiceText(document, models.invoice())
    case 'receipt':
      return extractReceipt(document, models.receipt())
    case 'product_page':
      return extractProductPage(document, models.productPage())
    case 'part_record':
    case 'product_record':
      return extractRows(document, kind, models, category)
    case 'datasheet':
      return extractDatasheet(document)
    case 'other':
      return { fields: {}, lineItems: [] }
    default:
      return kind satisfies never
  }
}
