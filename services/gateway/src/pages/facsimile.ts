import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { BlobRef, DocumentModel, type Field, type Page } from '@stageline/domain'
import type { BlobStore } from '@stageline/engine/ports'
import { html, type Html } from './html.ts'

export type Facsimile = { pages: readonly Page[]; mediaType: string; left: number }

const gunzip = promisify(zlib.gunzip)

const MOST_PAGES = 5
const MOST_MODEL_BYTES = 64 * 1024 * 1024
const MOST_LINES = 400

/** The document as the reader saw it; `undefined` where it was not kept or cannot be read any more. */
export async function readFacsimile(blobs: BlobStore, ref: unknown): Promise<Facsimile | undefined> {
  const model = BlobRef.safeParse(ref)
  if (!model.success) return undefined
  const parsed = await readModel(blobs, model.data).catch(() => undefined)
  if (!parsed) return undefined
  const { pages, mediaType } = parsed
  return { pages: pages.slice(0, MOST_PAGES), mediaType, left: Math.max(0, pages.length - MOST_PAGES) }
}

/** Models are stored as JSON, usually compressed. */
async function readModel(blobs: BlobStore, ref: BlobRef): Promise<DocumentModel> {
  const bytes = await blobs.read(ref)
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b
  const json = isCompressed ? await gunzip(bytes, { maxOutputLength: MOST_MODEL_BYTES }) : bytes
  return DocumentModel.parse(JSON.parse(new TextDecoder().decode(json)))
}

/** Pages with a mark for each field that has a place: the picture itself, or the text where the reader found it. */
export function facsimile(
  { pages, mediaType, left }: Facsimile,
  fields: Readonly<Record<string, Field>>,
  jobId: string,
): Html {
  const isPicture = mediaType === 'image/png' || mediaType === 'image/jpeg'
  return html`${pages.map((page) =>
    page.width > 0 && page.height > 0
      ? html`<figure class="sheet">
          <svg viewBox="0 0 ${page.width} ${page.height}" role="img" aria-label="Page ${page.number}">
            ${isPicture ? picture(page, jobId) : printed(page)} ${marks(page, fields)}
          </svg>
          <figcaption>Page ${page.number}${isPicture ? '' : ', as it was read'}</figcaption>
        </figure>`
      : html`<pre class="source">${page.lines.slice(0, MOST_LINES).map(({ text }) => `${text}\n`)}</pre>`,
  )}
  ${left > 0 && html`<p class="note">${left} more pages stand in the original.</p>`}`
}

const picture = ({ width, height }: Page, jobId: string): Html =>
  html`<image
    href="/v1/jobs/${jobId}/document"
    x="0"
    y="0"
    width="${width}"
    height="${height}"
    preserveAspectRatio="none"
  />`

const printed = ({ lines, width, height }: Page): Html =>
  html`<rect class="paper" x="0" y="0" width="${width}" height="${height}" /> ${lines
      .slice(0, MOST_LINES)
      .flatMap(({ text, box, words }) => {
        const parts = words ?? (box ? [{ text, box }] : [])
        return parts.map(
          ({ text: word, box: [x0, y0, x1, y1] }) =>
            html`<text
              class="ink"
              x="${round(x0)}"
              y="${round(y0 + (y1 - y0) * 0.8)}"
              font-size="${round((y1 - y0) * 0.92)}"
              textLength="${round(x1 - x0)}"
              lengthAdjust="spacingAndGlyphs"
              >${word}</text
            >`,
        )
      })}`

const marks = ({ number, width }: Page, fields: Readonly<Record<string, Field>>): Html[] =>
  Object.entries(fields).flatMap(([name, { source }]) => {
    if (!source?.box || (source.page ?? 1) !== number) return []
    const [x0, y0, x1, y1] = source.box
    const pad = width / 300
    return [
      html`<rect
        class="mark"
        id="mark-${name}"
        data-mark="${name}"
        x="${round(x0 - pad)}"
        y="${round(y0 - pad)}"
        width="${round(x1 - x0 + 2 * pad)}"
        height="${round(y1 - y0 + 2 * pad)}"
        rx="${round(pad)}"
        ><title>${name}</title></rect
      >`,
    ]
  })

const round = (value: number): number => Math.round(value * 100) / 100
