/** One printed text: its baseline's left end in points from the top left corner, and its size. */
export type PrintedText = { x: number; y: number; text: string; size?: number }

/** A page of a PDF made for a test: A4 with texts in Helvetica, a picture over the whole page, or both. */
export type PdfPageSpec = {
  texts?: PrintedText[]
  jpeg?: { bytes: Uint8Array; width: number; height: number }
  rotate?: number
}

export type PdfSpec = {
  pages: PdfPageSpec[]
  attachments?: { name: string; bytes: Uint8Array }[]
  isEncrypted?: boolean
}

const WIDTH = 595
const HEIGHT = 842

/**
 * Writes a PDF by hand (ISO 32000-1, 7.5): objects, cross-reference table, trailer. An encrypted one has a user password
 * that nobody knows, because its check value is made up.
 */
export function makePdf({ pages, attachments = [], isEncrypted = false }: PdfSpec): Buffer {
  const file = new PdfFile()
  const font = file.add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>')
  const tree = file.reserve()
  const kids = pages.map((page) => addPage(file, page, tree, font))
  file.set(tree, `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${kids.length} >>`)
  const names = attachments.map(({ name, bytes }) => `(${name}) ${addAttachment(file, name, bytes)}`).join(' ')
  const root = file.add(
    `<< /Type /Catalog /Pages ${tree} ${names ? `/Names << /EmbeddedFiles << /Names [${names}] >> >>` : ''} >>`,
  )
  return file.end(root, isEncrypted ? ENCRYPTION : '')
}

const ENCRYPTION = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${'41'.repeat(32)}> /U <${'42'.repeat(32)}> >> /ID [<01> <01>]`

function addPage(file: PdfFile, { texts = [], jpeg, rotate = 0 }: PdfPageSpec, tree: string, font: string): string {
  const picture = jpeg && addJpeg(file, jpeg)
  const drawn = [picture ? `q ${WIDTH} 0 0 ${HEIGHT} 0 0 cm /I Do Q` : '', ...texts.map(printText)].join('\n')
  const content = file.addStream('', Buffer.from(drawn, 'latin1'))
  const resources = `/Font << /F ${font} >> ${picture ? `/XObject << /I ${picture} >>` : ''}`
  return file.add(
    `<< /Type /Page /Parent ${tree} /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Rotate ${rotate} /Contents ${content} /Resources << ${resources} >> >>`,
  )
}

function printText({ x, y, text, size = 10 }: PrintedText): string {
  const escaped = text.replaceAll(/[\\()]/g, String.raw`\$&`)
  return `BT /F ${size} Tf ${x} ${HEIGHT - y} Td (${escaped}) Tj ET`
}

function addJpeg(
  file: PdfFile,
  { bytes, width, height }: { bytes: Uint8Array; width: number; height: number },
): string {
  const about = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode`
  return file.addStream(about, bytes)
}

function addAttachment(file: PdfFile, name: string, bytes: Uint8Array): string {
  const stream = file.addStream('/Type /EmbeddedFile', bytes)
  return file.add(`<< /Type /Filespec /F (${name}) /UF (${name}) /EF << /F ${stream} >> >>`)
}

/** Objects of a PDF by number; references look like `3 0 R`. */
class PdfFile {
  readonly #objects: Buffer[] = []

  reserve(): string {
    return `${this.#objects.push(Buffer.alloc(0))} 0 R`
  }

  set(reference: string, body: string | Buffer): void {
    this.#objects[Number.parseInt(reference, 10) - 1] = Buffer.from(body)
  }

  add(body: string | Buffer): string {
    const reference = this.reserve()
    this.set(reference, body)
    return reference
  }

  addStream(about: string, bytes: Uint8Array): string {
    const head = Buffer.from(`<< ${about} /Length ${bytes.length} >>\nstream\n`)
    return this.add(Buffer.concat([head, bytes, Buffer.from('\nendstream')]))
  }

  end(root: string, encryption: string): Buffer {
    const parts = [Buffer.from('%PDF-1.7\n')]
    const offsets: number[] = []
    let size = 9
    this.#objects.forEach((body, index) => {
      const object = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')])
      offsets.push(size)
      parts.push(object)
      size += object.length
    })
    const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
    const count = offsets.length + 1
    const trailer = `trailer << /Size ${count} /Root ${root} ${encryption} >>\nstartxref\n${size}\n%%EOF\n`
    return Buffer.concat([...parts, Buffer.from(`xref\n0 ${count}\n0000000000 65535 f \n${rows}${trailer}`)])
  }
}
