import { readFile, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'

export type Value = string | number | boolean | null

/** What should become of a sample. Only what is named is compared. */
export type Expectation = {
  /** `rejected`: the gateway refuses it. `any`: it comes to rest, however. */
  outcome: 'completed' | 'suspended' | 'rejected' | 'any'
  kind?: string
  fields?: Record<string, Value>
  /** Fields that enrichment must have filled. */
  filled?: string[]
  failedChecks?: string[]
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
  expect: Expectation
}

/**
 * The samples of a folder: as its `samples.json` lists them, or each of its files as a document of which nothing is
 * expected.
 *
 * @throws Error when the folder cannot be read, holds nothing or its list is broken.
 */
export async function readSamples(folder: string): Promise<Sample[]> {
  const list = await readFile(join(folder, 'samples.json'), 'utf8').catch(() => undefined)
  const samples = list === undefined ? await fromFiles(folder) : fromList(folder, list)
  if (samples.length === 0) throw new Error(`No samples in ${folder}`)
  return samples
}

async function fromFiles(folder: string): Promise<Sample[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name)
  return names.sort().map((name) => ({
    // The folder is part of the name, so that equal file names of two folders are two samples.
    name: `${basename(folder)}/${name}`,
    title: name,
    workflow: 'document',
    file: join(folder, name),
    expect: { outcome: 'any' },
  }))
}

function fromList(folder: string, text: string): Sample[] {
  const listed: unknown = JSON.parse(text)
  if (!Array.isArray(listed)) throw new Error(`${join(folder, 'samples.json')} is not a list`)
  return listed.map((item: Sample, index) => {
    if (!item.name || !item.workflow || !item.expect || (item.file === undefined) === (item.record === undefined)) {
      throw new Error(`${join(folder, 'samples.json')}, item ${index}: wants name, workflow, expect and file or record`)
    }
    return { ...item, title: item.title ?? item.name, ...(item.file ? { file: join(folder, item.file) } : {}) }
  })
}
