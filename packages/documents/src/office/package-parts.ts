import { DataError } from '@stageline/domain'
import type { Zip } from './open-zip.ts'
import { scanXml } from './scan-xml.ts'

/** A pointer of one part of an Office package to another (ISO 29500-2, 9.3). */
export type Relationship = {
  id: string
  /** The last word of its type: `officeDocument`, `worksheet`, `header`. */
  type: string
  target: string
}

/** The part that holds the document itself, whatever the program that wrote it calls it. */
export async function mainPart(zip: Zip): Promise<string> {
  const [main] = (await relationships(zip, '')).filter(({ type }) => type === 'officeDocument')
  if (main) return main.target
  throw new DataError('document.unreadable', 'the archive holds no Office document')
}

/** Where a part points to, inside the package. The empty name stands for the package. */
export async function relationships(zip: Zip, part: string): Promise<Relationship[]> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1)
  const file = `${folder}_rels/${part.slice(folder.length)}.rels`
  const found: Relationship[] = []
  if (!zip.has(file)) return found
  await scanXml(zip.chunks(file), {
    open(name, attribute) {
      const [id, type, target] = [attribute('Id'), attribute('Type'), attribute('Target')]
      if (name !== 'Relationship' || !id || !type || !target || attribute('TargetMode') === 'External') return
      found.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: resolve(folder, target) })
    },
    text() {},
    close() {},
  })
  return found
}

/** Title, author and dates, as Office keeps them for every kind of document. */
export async function coreProperties(zip: Zip): Promise<Record<string, string>> {
  const [core] = (await relationships(zip, '')).filter(({ type }) => type === 'core-properties')
  const metadata: Record<string, string> = {}
  let name = ''
  if (!core || !zip.has(core.target)) return metadata
  await scanXml(zip.chunks(core.target), {
    open: (opened) => void (name = opened),
    text(text) {
      if (TOLD.has(name)) metadata[name] = `${metadata[name] ?? ''}${text}`.slice(0, 500)
    },
    close: () => void (name = ''),
  })
  return metadata
}

const TOLD = new Set(['title', 'subject', 'creator', 'created', 'modified', 'language'])

/** Targets are relative to the folder of their part, or begin at the package. */
function resolve(folder: string, target: string): string {
  const { pathname } = new URL(target, `http://package/${folder}`)
  return decodeURIComponent(pathname).slice(1)
}
