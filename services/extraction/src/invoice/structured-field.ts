import { type Field, xmlAttribute, xmlSource, xmlText, type XmlNode } from '@stageline/domain'
import { findDates } from '../values/parse-date.ts'

/** Values from machine data are taken as they stand; what may still be wrong is the document itself. */
const SURE = 0.995

export function textField(node: XmlNode | undefined): Field | undefined {
  const text = xmlText(node)
  return node && text ? { value: text.replace(/\s+/g, ' '), confidence: SURE, source: xmlSource(node) } : undefined
}

/** A decimal as XML Schema writes it; more than two decimals keep only those that are not zero. */
export function amountField(node: XmlNode | undefined): Field | undefined {
  const text = xmlText(node)
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text ?? '')
  if (!node || !text || !match || !/\d/.test(text)) return undefined
  const whole = (match[2] ?? '').replace(/^0+(?=\d)/, '') || '0'
  const fraction = (match[3] ?? '').replace(/(?<=^\d{2}\d*?)0+$/, '')
  const value = `${match[1] === '-' ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
  return { value, confidence: SURE, source: xmlSource(node), ...(value === text ? {} : { printed: text }) }
}

/** ISO dates (UBL) and the form 102 of UN/CEFACT (`20261120`). */
export function dateField(node: XmlNode | undefined): Field | undefined {
  const text = xmlText(node)
  if (!node || !text) return undefined
  const digits = /^(\d{4})(\d{2})(\d{2})/.exec(text)
  const iso =
    digits && xmlAttribute(node, 'format') !== '203'
      ? `${digits[1]}-${digits[2]}-${digits[3]}`
      : findDates(text)[0]?.iso
  return iso
    ? { value: iso, confidence: SURE, source: xmlSource(node), ...(iso === text ? {} : { printed: text }) }
    : undefined
}

/** Drops the fields that are not there. */
export const present = (fields: Record<string, Field | undefined>): Record<string, Field> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]): [string, Field][] => (field ? [[name, field]] : [])),
  )
