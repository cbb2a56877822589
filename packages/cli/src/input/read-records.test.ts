import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { readRecords, type RecordFormat } from './read-records.ts'

describe('records of a file', () => {
  let cwd: string
  before(async () => void (cwd = await mkdtemp(join(tmpdir(), 'stageline-records-'))))
  after(() => rm(cwd, { recursive: true }))

  async function read(name: string, text: string, format?: RecordFormat) {
    await writeFile(join(cwd, name), text)
    return readRecords(name, format, { stdin: Readable.from([]), cwd })
  }
  const two = [{ mpn: 'A 1', note: 'x, y' }, { mpn: 'B' }]

  it('are the same from CSV with any separator, JSON lines and a JSON array', async () => {
    assert.deepEqual(await read('a.csv', '\uFEFFmpn,note\r\nA 1,"x, y"\r\nB,\r\n'), two)
    assert.deepEqual(await read('b.csv', 'mpn;note\nA 1;x, y\n\nB;\n'), two)
    assert.deepEqual(await read('c.tsv', 'mpn\tnote\nA 1\tx, y\nB\t\n'), two)
    assert.deepEqual(await read('d.jsonl', '{"mpn": "A 1", "note": "x, y"}\n\n{"mpn": "B"}\n'), two)
    assert.deepEqual(await read('e.json', JSON.stringify(two)), two)
    assert.deepEqual(await read('f.txt', JSON.stringify(two), 'json'), two)
  })

  it('come from stdin as JSON lines', async () => {
    const stdin = Readable.from(['{"mpn": "A"}\n'])

    assert.deepEqual(await readRecords('-', undefined, { stdin, cwd }), [{ mpn: 'A' }])
  })

  it('that cannot be read are told with their place, and how to mend them', async () => {
    await assert.rejects(read('g.jsonl', '{}\n{"mpn": \n'), /Not JSON in line 2 of g\.jsonl/)
    await assert.rejects(read('h.jsonl', '[1]'), /Record 1 of h\.jsonl is no JSON object/)
    await assert.rejects(read('i.csv', 'mpn,note\nA\n'), /i\.csv is not the CSV that is read here: .*line 2/)
    await assert.rejects(read('j.csv', 'mpn\n'), /no record in j\.csv/)
    await assert.rejects(read('k.txt', ''), { mend: ['Say --format csv, jsonl or json'] })
    await assert.rejects(readRecords('none.csv', undefined, { stdin: Readable.from([]), cwd }), /there is no such file/)
  })
})
