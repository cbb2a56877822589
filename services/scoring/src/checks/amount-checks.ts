import type { Fields } from '@stageline/domain'
import { compare, decimalOf, isPositive, plus, roundTo, sum, textOfDecimal, times } from '../decimal.ts'
import type { Decimal } from '../decimal.ts'
import { failed, inputsOf, notApplicable, passed } from './check-rule.ts'
import type { CheckRule, Finding } from './check-rule.ts'

/** Exact: a cent too much or too little fails. */
export const netPlusTaxIsTotal: CheckRule = {
  name: 'net_plus_tax_is_total',
  weight: 0.25,
  blocking: true,
  find({ fields }) {
    const inputs = inputsOf(fields, 'net_total', 'tax_total', 'gross_total')
    const [net, tax, gross] = ['net_total', 'tax_total', 'gross_total'].map((name) => decimalOf(fields[name]?.value))
    if (!net || !tax || !gross) return notApplicable(inputs, 'Net, tax and total are not all known.')
    const expected = plus(net, tax)
    const sentence = `${textOfDecimal(net)} net and ${textOfDecimal(tax)} tax make ${textOfDecimal(expected)}`
    return compare(expected, gross) === 0
      ? passed(inputs, `${sentence}, which is the total.`)
      : failed(inputs, `${sentence}, but the total says ${textOfDecimal(gross)}.`)
  },
}

/**
 * No tolerance, but three ways to be right: the line totals sum to the net total; they sum to the gross total, because
 * prices include tax; or quantities times prices, rounded only once, make the net total. Not blocking: allowances and
 * charges on the whole invoice are not among the lines.
 */
export const linesSumToNet: CheckRule = {
  name: 'lines_sum_to_net',
  weight: 0.1,
  blocking: false,
  find({ fields, lineItems }) {
    const totals = lineItems.map((line) => decimalOf(line.line_total?.value))
    const inputs = {
      ...inputsOf(fields, 'net_total'),
      line_totals: lineItems.map((line) => line.line_total?.value ?? null),
    }
    const net = decimalOf(fields.net_total?.value)
    if (!net || totals.length === 0 || !totals.every((total) => total !== undefined)) {
      return notApplicable(inputs, 'The net total or the total of a line is not known.')
    }
    return compareLines(
      { net, gross: decimalOf(fields.gross_total?.value), total: sum(totals), unrounded: productsOf(lineItems) },
      inputs,
    )
  },
}

type Lines = { net: Decimal; gross: Decimal | undefined; total: Decimal; unrounded: Decimal | undefined }

function compareLines({ net, gross, total, unrounded }: Lines, inputs: Finding['inputs']): Finding {
  const lines = `The lines sum to ${textOfDecimal(total)}`
  if (compare(total, net) === 0) return passed(inputs, `${lines}, which is the net total.`)
  if (gross && compare(total, gross) === 0) return passed(inputs, `${lines}, which is the total with tax.`)
  if (unrounded && compare(roundTo(unrounded, net.scale), net) === 0) {
    return passed(inputs, `${lines} because each line is rounded; unrounded they are the net total.`)
  }
  return failed(inputs, `${lines}, but the net total says ${textOfDecimal(net)}.`)
}

function productsOf(lineItems: readonly Fields[]): Decimal | undefined {
  const products = lineItems.map((line) => {
    const [quantity, price] = [decimalOf(line.quantity?.value), decimalOf(line.unit_price?.value)]
    return quantity && price && times(quantity, price)
  })
  return products.every((product) => product !== undefined) ? sum(products) : undefined
}

export const dueAmountNotAboveTotal: CheckRule = {
  name: 'due_amount_not_above_total',
  weight: 0.1,
  blocking: true,
  find({ fields }) {
    const inputs = inputsOf(fields, 'due_amount', 'gross_total')
    const [due, gross] = [decimalOf(fields.due_amount?.value), decimalOf(fields.gross_total?.value)]
    if (!due || !gross) return notApplicable(inputs, 'The amount due or the total is not known.')
    const sentence = `${textOfDecimal(due)} is due of a total of ${textOfDecimal(gross)}`
    return compare(due, gross) > 0
      ? failed(inputs, `${sentence}: more than there is to pay.`)
      : passed(inputs, `${sentence}.`)
  },
}

/** A price or total above zero; the field's name is part of the check's name. */
export const positive = (name: string, field: string, weight: number): CheckRule => ({
  name,
  weight,
  blocking: true,
  find({ fields }) {
    const inputs = inputsOf(fields, field)
    const amount = decimalOf(fields[field]?.value)
    if (!amount) return notApplicable(inputs, `There is no amount in ${field}.`)
    const sentence = `${field} is ${textOfDecimal(amount)}`
    return isPositive(amount)
      ? passed(inputs, `${sentence}, above zero.`)
      : failed(inputs, `${sentence}, not above zero.`)
  },
})
