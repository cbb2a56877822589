import { failed, inputsOf, notApplicable, passed, textOf } from './check-rule.ts'
import type { CheckRule } from './check-rule.ts'
import { makerNamed } from './makers.ts'
import { packageFamilyOf, sizeCodeOf } from './packages.ts'

/** A number that a part can have, and where its maker spells numbers by a system, one of that system. */
export const numberPlausible = (weight: number): CheckRule => ({
  name: 'number_plausible',
  weight,
  blocking: true,
  find({ fields }) {
    const inputs = inputsOf(fields, 'mpn', 'manufacturer')
    const mpn = textOf(fields.mpn)
    if (!mpn) return notApplicable(inputs, 'There is no part number.')
    const fault = FAULTS.find(({ pattern }) => pattern.test(mpn))
    if (fault) return failed(inputs, `"${mpn}" is ${fault.says}.`)
    const maker = makerNamed(textOf(fields.manufacturer))
    const system = maker?.systems.find(({ begins }) => begins.test(mpn))
    if (!maker || !system) return passed(inputs, `${mpn} has the form of a part number.`)
    return system.whole.test(mpn)
      ? passed(inputs, `${mpn} is spelled as ${maker.name} spells such numbers.`)
      : failed(inputs, `${mpn} begins like a number of ${maker.name}, but is not spelled like one.`)
  },
})

const FAULTS: { pattern: RegExp; says: string }[] = [
  { pattern: /^.{0,2}$/, says: 'too short for a part number' },
  { pattern: /^.{61,}$/s, says: 'too long for a part number' },
  { pattern: /^(n\/?a|none|null|unknown|tbd|test|various|generic|-+|x{3,}|0+)$/i, says: 'a placeholder' },
  { pattern: /^[+-]?\d+(\.\d+)?e[+-]?\d+$/i, says: 'a number that a spreadsheet has rounded' },
  { pattern: /^(19|20)\d{2}-(0[1-9]|1[0-2])-[0-3]\d$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$/, says: 'a date' },
  { pattern: /^\d*[.,]\d{1,2}$|^[$€£]/, says: 'a price' },
  { pattern: /^[^\p{L}\p{N}]*$/u, says: 'without letters and digits' },
  { pattern: /[^\p{L}\p{N} .,/#+()&_:*=%'"-]/u, says: 'written with signs that no maker uses' },
  { pattern: /^\p{L}+( \p{L}+)+$/u, says: 'made of words only' },
]

/** The package is one that the maker makes, and the one that the number itself tells. */
export const packagePlausibleForMaker: CheckRule = {
  name: 'package_plausible_for_maker',
  weight: 0.35,
  blocking: true,
  find({ fields }) {
    const inputs = inputsOf(fields, 'package', 'manufacturer', 'mpn')
    const [maker, housing, mpn] = [
      makerNamed(textOf(fields.manufacturer)),
      textOf(fields.package),
      textOf(fields.mpn) ?? '',
    ]
    const family = housing && packageFamilyOf(housing)
    if (!maker || !family) return notApplicable(inputs, 'The maker or the package is not known.')
    if (!maker.packages.includes(family)) return failed(inputs, `${maker.name} makes no parts in ${housing}.`)
    const told = maker.systems.map(({ sizeIn }) => sizeIn?.(mpn)).find((size) => size !== undefined)
    if (told === undefined || told === sizeCodeOf(housing))
      return passed(inputs, `${maker.name} makes parts in ${housing}.`)
    return failed(inputs, `The number ${mpn} says size ${told}, but the package says ${housing}.`)
  },
}

/** Not blocking: there are more makers than anybody lists. */
export const manufacturerKnown = (weight: number): CheckRule => ({
  name: 'manufacturer_known',
  weight,
  blocking: false,
  find({ fields }) {
    const inputs = inputsOf(fields, 'manufacturer')
    const name = textOf(fields.manufacturer)
    if (!name) return notApplicable(inputs, 'There is no manufacturer.')
    const maker = makerNamed(name)
    return maker
      ? passed(inputs, `${name} is known as ${maker.name}.`)
      : failed(inputs, `${name} is not a known manufacturer.`)
  },
})
