import { makeZip, type ZipFile } from './make-zip.ts'

const TYPES = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A DOCX whose body is the given WordprocessingML, with the parts that a test wants besides. */
export const makeDocx = (body: string, others: ZipFile[] = [], pointers: string[] = []): Buffer =>
  makeZip([
    typesPart(),
    pointersPart('_rels/.rels', [['officeDocument', 'word/document.xml']]),
    { name: 'word/document.xml', contents: docxBody(body) },
    pointersPart(
      'word/_rels/document.xml.rels',
      pointers.map((target) => [target.replace(/\d.*$/, ''), target]),
    ),
    ...others,
  ])

const docxBody = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`

export const paragraph = (text: string): string => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`

export const docxTable = (rows: string[][]): string =>
  `<w:tbl>${rows.map((cells) => `<w:tr>${cells.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join('')}</w:tr>`).join('')}</w:tbl>`

/** What a test says of a sheet: rows as SpreadsheetML; of the workbook the texts and styles that cells refer to. */
export type XlsxSpec = {
  sheets: { name: string; rows: string; state?: string }[]
  texts?: string[]
  styles?: string
  properties?: string
}

export function makeXlsx({ sheets, texts = [], styles = '', properties = '' }: XlsxSpec): Buffer {
  const tabs = sheets.map(({ name, state }, index) => {
    const hidden = state ? `state="${state}"` : ''
    return `<sheet name="${name}" sheetId="${index + 1}" ${hidden} r:id="rId${index + 1}"/>`
  })
  return makeZip([
    typesPart(),
    pointersPart('_rels/.rels', [['officeDocument', '/xl/workbook.xml']]),
    { name: 'xl/workbook.xml', contents: `<workbook>${properties}<sheets>${tabs.join('')}</sheets></workbook>` },
    pointersPart('xl/_rels/workbook.xml.rels', [
      ...sheets.map((_, index): [string, string] => ['worksheet', `worksheets/sheet${index + 1}.xml`]),
      ['sharedStrings', 'sharedStrings.xml'],
      ['styles', 'styles.xml'],
    ]),
    { name: 'xl/sharedStrings.xml', contents: `<sst>${texts.map((text) => `<si>${text}</si>`).join('')}</sst>` },
    { name: 'xl/styles.xml', contents: `<styleSheet>${styles}</styleSheet>` },
    ...sheets.map(({ rows }, index) => ({
      name: `xl/worksheets/sheet${index + 1}.xml`,
      contents: `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    })),
  ])
}

/** A row of texts and numbers, written into the sheet itself. */
export const sheetRow = (number: number, cells: (string | number)[]): string =>
  `<row r="${number}">${cells
    .map((cell) =>
      typeof cell === 'number' ? `<c><v>${cell}</v></c>` : `<c t="inlineStr"><is><t>${cell}</t></is></c>`,
    )
    .join('')}</row>`

const typesPart = (): ZipFile => ({ name: '[Content_Types].xml', contents: '<Types/>' })

function pointersPart(name: string, pointers: [type: string, target: string][]): ZipFile {
  const list = pointers.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${TYPES}/${type}" Target="${target}"/>`,
  )
  return { name, contents: `<Relationships>${list.join('')}</Relationships>` }
}
