import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { documentText } from '@stageline/domain'
import type { DocumentModel } from '@stageline/domain'
import { createDocumentReader } from './document-reader.ts'

const folder = process.env['STAGELINE_DATA_DIR'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const skip = existsSync(join(folder, 'einvoice')) ? false : `no data in ${folder}: set STAGELINE_DATA_DIR`
if (skip) console.warn(`SKIPPED, real documents: ${skip}`)

type Invoice = { id: string; format: string; file: string; text_file: string }
type Receipt = { id: string; words: string[] }

test(
  'the text of real invoices agrees with their text layer, and each attached invoice is found',
  { skip },
  async () => {
    await using reader = createDocumentReader()
    const invoices = readItems<Invoice>('einvoice').filter(({ format }) => format === 'pdf')
    const results: { id: string; overlap: number; attached: boolean; pages: number; ms: number }[] = []

    for (const { id, file, text_file } of invoices) {
      const start = performance.now()
      const model = await reader.read(readBytes('einvoice', file), { mediaType: 'application/pdf' })
      const ms = performance.now() - start
      const overlap = shareFound(readBytes('einvoice', text_file).toString(), documentText(model))
      results.push({ id, overlap, attached: hasInvoice(model), pages: model.pages.length, ms })
    }

    const similar = results.filter(({ overlap }) => overlap >= 0.9)
    const attached = results.filter((result) => result.attached)
    const pages = results.reduce((sum, result) => sum + result.pages, 0)
    const ms = results.slice(1).reduce((sum, result) => sum + result.ms, 0)
    console.log(
      `invoices: ${similar.length} of ${results.length} texts agree to 0.9, ${attached.length} with attachment`,
    )
    console.log(`invoices: ${(ms / pages).toFixed(1)} ms a page over ${pages} pages`)
    for (const { id, overlap } of results.filter((result) => result.overlap < 0.9))
      console.log(`  ${id} ${overlap.toFixed(2)}`)
    for (const { id } of results.filter((result) => !result.attached)) console.log(`  ${id} without attachment`)
    assert.ok(similar.length >= 0.9 * results.length)
    assert.equal(attached.length, results.length)
  },
)

test('scanned receipts are read well enough to find most of their words', { skip }, async () => {
  await using reader = createDocumentReader()
  const receipts = readItems<Receipt>('sroie').filter(({ id }) => existsSync(join(folder, 'sroie/images', `${id}.jpg`)))
  const shares: number[] = []
  let ms = 0
  await reader.read(Buffer.from('warm'), { mediaType: 'text/plain' })
  const idle = residentMb(reader.childPid)

  for (const { id, words } of receipts) {
    const start = performance.now()
    const model = await reader.read(readBytes('sroie', `images/${id}.jpg`), { mediaType: 'image/jpeg' })
    ms += performance.now() - start
    const share = shareFound(words.join(' ').toUpperCase(), documentText(model).toUpperCase())
    shares.push(share)
    console.log(`  ${id} words found ${share.toFixed(2)}`)
  }

  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  console.log(`receipts: ${mean.toFixed(3)} of the words found, ${(ms / receipts.length).toFixed(0)} ms an image`)
  console.log(`child process: ${idle} MB without, ${residentMb(reader.childPid)} MB with OCR`)
  assert.ok(mean >= 0.78)
})

/** Resident memory of a process where the system tells it in /proc. */
function residentMb(pid: number | undefined): string {
  const status = `/proc/${pid}/status`
  const kb = existsSync(status) ? /VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined
  return kb ? (Number(kb) / 1024).toFixed(0) : 'unknown'
}

const readBytes = (set: string, file: string): Buffer => readFileSync(join(folder, set, file))

function readItems<T>(set: string): T[] {
  const lines = readBytes(set, 'items.ndjson').toString().trim().split('\n')
  return lines.map((line): T => JSON.parse(line))
}

/** Share of the tokens of the truth, counted as often as they stand there, that the reading has too. */
function shareFound(truth: string, reading: string): number {
  const left = new Map<string, number>()
  for (const token of tokens(reading)) left.set(token, (left.get(token) ?? 0) + 1)
  const wanted = tokens(truth)
  const found = wanted.filter((token) => {
    const count = left.get(token) ?? 0
    left.set(token, count - 1)
    return count > 0
  })
  return wanted.length === 0 ? 1 : found.length / wanted.length
}

const tokens = (text: string): string[] => text.normalize('NFKC').match(/\S+/g) ?? []

const hasInvoice = ({ structured }: DocumentModel): boolean =>
  structured.some(({ form, from }) => form === 'cii' && from.endsWith('.xml'))
