import type { XmlNode } from '@stageline/domain'
import type { EInvoice } from './e-invoice.ts'

/** Where a rule is broken, as a path into the XML, and how, in a sentence for people. */
export type Finding = { where: string; detail: string }

/** A business rule of EN 16931 by its code. What it finds is nothing where the invoice keeps it. */
export type Rule = { code: string; find: (invoice: EInvoice) => Finding[] }

export const at = (node: XmlNode, detail: string): Finding => ({ where: node.path, detail })

/** For rules of the binding to UBL. */
export const ublRule = (code: string, find: Rule['find']): Rule => ({
  code,
  find: (invoice) => (invoice.syntax === 'ubl' ? find(invoice) : []),
})
