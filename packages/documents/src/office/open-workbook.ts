import { DataError } from '@stageline/domain'
import { cellFormat, type CellFormat } from './cell-format.ts'
import { openZip, type Zip } from './open-zip.ts'
import { coreProperties, mainPart, relationships } from './package-parts.ts'
import { scanXml } from './scan-xml.ts'
import { sheetRows, type Workbook } from './sheet-rows.ts'

export type OpenWorkbook = {
  /** Visible sheets, in the order of their tabs; all where none is visible. */
  sheets: { name: string; rows(): ReturnType<typeof sheetRows> }[]
  metadata: Record<string, string>
}

/** `textBytes`: of the texts that cells share, which are held while sheets are read. */
type WorkbookLimits = { unpackedBytes?: number; textBytes?: number }

/**
 * Opens an XLSX. Formulas count as the values that were stored with them; macros, links and charts are not looked at.
 *
 * @throws DataError `document.unreadable`, `document.encrypted`, `document.too_complex`
 */
export async function openWorkbook(bytes: Uint8Array, limits: WorkbookLimits = {}): Promise<OpenWorkbook> {
  const zip = await openZip(bytes, limits.unpackedBytes)
  const main = await mainPart(zip)
  const pointers = await relationships(zip, main)
  const partOf = (type: string): string | undefined => pointers.find((pointer) => pointer.type === type)?.target
  const { tabs, is1904 } = await readTabs(zip, main)
  const workbook: Workbook = {
    texts: await readTexts(zip, partOf('sharedStrings'), limits.textBytes),
    formats: await readFormats(zip, partOf('styles')),
    is1904,
  }
  const visible = tabs.some(({ isHidden }) => !isHidden) ? tabs.filter(({ isHidden }) => !isHidden) : tabs
  const sheets = visible.flatMap(({ name, id }) => {
    const part = pointers.find((pointer) => pointer.id === id && pointer.type === 'worksheet')?.target
    return part && zip.has(part) ? [{ name, rows: () => sheetRows(zip.chunks(part), workbook) }] : []
  })
  return { sheets, metadata: await coreProperties(zip) }
}

type Tab = { name: string; id: string; isHidden: boolean }

async function readTabs(zip: Zip, main: string): Promise<{ tabs: Tab[]; is1904: boolean }> {
  const read = { tabs: [] as Tab[], is1904: false }
  await scanXml(zip.chunks(main), {
    open(name, attribute) {
      if (name === 'workbookPr') read.is1904 = ['1', 'true'].includes(attribute('date1904') ?? '')
      if (name !== 'sheet') return
      const isHidden = (attribute('state') ?? 'visible') !== 'visible'
      read.tabs.push({ name: attribute('name') ?? '', id: attribute('id') ?? '', isHidden })
    },
    text() {},
    close() {},
  })
  return read
}

/** Texts of cells; of one with several formats the pieces together, without the reading aid of East Asian scripts. */
async function readTexts(zip: Zip, part: string | undefined, mostBytes = Infinity): Promise<string[]> {
  const texts: string[] = []
  if (part === undefined || !zip.has(part)) return texts
  let text = ''
  let phonetic = 0
  let isInText = false
  await scanXml(atMost(zip.chunks(part), mostBytes), {
    open(name) {
      if (name === 'si') text = ''
      else if (name === 'rPh') phonetic += 1
      else if (name === 't') isInText = phonetic === 0
    },
    text: (piece) => void (isInText && (text += piece)),
    close(name) {
      if (name === 't') isInText = false
      else if (name === 'rPh') phonetic -= 1
      else if (name === 'si') texts.push(text)
    },
  })
  return texts
}

async function* atMost(chunks: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<Uint8Array> {
  let left = mostBytes
  for await (const chunk of chunks) {
    left -= chunk.length
    if (left < 0)
      throw new DataError('document.too_complex', `its texts unpack to more than ${mostBytes} bytes: save it as CSV`)
    yield chunk
  }
}

async function readFormats(zip: Zip, part: string | undefined): Promise<CellFormat[]> {
  const formats: CellFormat[] = []
  if (part === undefined || !zip.has(part)) return formats
  const codes = new Map<number, string>()
  let isInCellFormats = false
  await scanXml(zip.chunks(part), {
    open(name, attribute) {
      const id = Number(attribute('numFmtId') ?? 0)
      if (name === 'numFmt') codes.set(id, attribute('formatCode') ?? '')
      else if (name === 'cellXfs') isInCellFormats = true
      else if (name === 'xf' && isInCellFormats) formats.push(cellFormat(id, codes.get(id)))
    },
    text() {},
    close(name) {
      if (name === 'cellXfs') isInCellFormats = false
    },
  })
  return formats
}
