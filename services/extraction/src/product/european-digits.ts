/**
 * A line with the figures that prices are written in elsewhere as those that are read here, each at its place: Arabic,
 * Persian, Devanagari, Bengali and full-width digits, and the currency sign between whole and cents (`12€99`).
 */
export const europeanDigits = (text: string): string =>
  text
    .replaceAll(OTHER_DIGIT, (digit) => String(valueOf(digit)))
    .replaceAll(/(?<=\d)\u066b(?=\d)/g, '.')
    .replaceAll(/(?<=\d)\u066c(?=\d)/g, ',')
    .replaceAll(SIGN_FOR_POINT, ',')

const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xff10]
const OTHER_DIGIT = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\uff10-\uff19]/g
const valueOf = (digit: string): number => digit.charCodeAt(0) - ZEROS.findLast((zero) => zero <= digit.charCodeAt(0))!

/** `12€99` as French shops print it: two digits stand behind the sign, and they have no sign of their own. */
const SIGN_FOR_POINT = /(?<=\d)€(?=\d\d(?![\d%]|[.,]\d|\s?€))/g
