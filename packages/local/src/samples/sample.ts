import { createHash } from 'node:crypto'
import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

export type Value = string | number | boolean | null

/** What should become of a sample. Only what is named is compared. */
export type Expectation = {
  /** `rejected`: the gateway refuses it. `any`: it comes to rest, however. */
  outcome: 'completed' | 'suspended' | 'rejected' | 'any'
  kind?: string
  fields?: Record<string, Value>
  /** Fields that enrichment must have filled, among others; an empty list says that it must fill none. */
  filled?: string[]
  /** Exactly the checks that fail. */
  failedChecks?: string[]
  /** Name of the rule that decided. */
  rule?: string
  httpStatus?: number
}

export type Sample = {
  /** Unique; part of the idempotency key. */
  name: string
  /** For people. */
  title: string
  workflow: string
  /** Path of a document; absent for a record. */
  file?: string
  record?: unknown
  priority?: number
  /** Name of the sample that must have come to rest before this one is submitted. */
  after?: string
  expect: Expectation
}

/**
 * The samples of a folder: as its `samples.json` lists them, or each of its files as a document of which nothing is
 * expected.
 *
 * @throws Error when the folder cannot be read, holds nothing or its list is broken.
 */
export async function readSamples(folder: string): Promise<Sample[]> {
  const isFolder = await stat(folder)
    .then((found) => found.isDirectory())
    .catch(() => false)
  if (!isFolder) throw new Error(`There is no folder ${folder} to take samples from`)
  const list = await readFile(join(folder, 'samples.json'), 'utf8').catch(() => undefined)
  const samples = list === undefined ? await fromFiles(folder) : fromList(folder, list)
  if (samples.length === 0) throw new Error(`There are no files in ${folder} to submit`)
  return samples
}

async function fromFiles(folder: string): Promise<Sample[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name)
  return Promise.all(names.sort().map((name) => fromFile(join(folder, name))))
}

/** Named after its content, so that a changed file is a new sample and an equal one is not submitted again. */
async function fromFile(file: string): Promise<Sample> {
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
  return { name: sha256, title: basename(file), workflow: 'document', file, expect: { outcome: 'any' } }
}

function fromList(folder: string, text: string): Sample[] {
  const listed = parseList(folder, text)
  if (!Array.isArray(listed)) throw new Error(`${join(folder, 'samples.json')} is not a list`)
  return listed.map((item: Sample, index) => {
    if (!item.name || !item.workflow || !item.expect || (item.file === undefined) === (item.record === undefined)) {
      throw new Error(`${join(folder, 'samples.json')}, item ${index}: wants name, workflow, expect and file or record`)
    }
    return { ...item, title: item.title ?? item.name, ...(item.file ? { file: join(folder, item.file) } : {}) }
  })
}

function parseList(folder: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${join(folder, 'samples.json')} is not JSON: ${String(cause)}`, { cause })
  }
}
