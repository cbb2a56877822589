import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve, type Answered, type Served } from '../../testing/serve.ts'

function upload(
  { ask }: Served,
  content: string | Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
): Promise<Answered> {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  body.append('file', new Blob([content]), 'parts.csv')
  return ask('/v1/catalog:import', { method: 'POST', body })
}

/** The import when it has ended. */
async function imported(
  served: Served,
  content: string | Uint8Array<ArrayBuffer>,
  fields?: Record<string, string>,
): Promise<Answered> {
  const answer = await upload(served, content, fields)
  assert.equal(answer.status, 202, answer.text)
  const address = answer.headers.get('location') ?? ''
  for (;;) {
    const view = await served.ask(address)
    if (view.at('finishedAt') !== null) return view
  }
}

test('a file is taken in, and its rows are there when its import is completed', async () => {
  await using served = await serve()

  const view = await imported(served, 'kind,key,name,ohms\npart,R-1,Resistor,100\nvendor,DE1,Acme,\n')
  const item = await served.ask('/v1/catalog/part/R-1')

  assert.deepEqual(
    [view.at('state'), view.at('rows'), view.at('fileName')],
    ['completed', { read: 2, stored: 2, faulty: 0 }, 'parts.csv'],
  )
  assert.deepEqual(item.body, { kind: 'part', key: 'R-1', name: 'Resistor', attributes: { ohms: '100' } })
})

test('columns may have other names, and one kind may be said for all rows', async () => {
  await using served = await serve()

  await imported(served, 'MPN;Bezeichnung\nR/1;Widerstand\nR2;\n', {
    kind: 'part',
    keyColumn: 'mpn',
    nameColumn: 'Bezeichnung',
  })
  const list = await served.ask('/v1/catalog?kind=part')

  assert.deepEqual([list.at('items.0.name'), list.at('items.1.name')], ['Widerstand', 'R2'])
  assert.equal((await served.ask('/v1/catalog/part/R%2F1')).status, 200)
})

const FAULTY = 'kind,key,name\npart,R1,a\nparts,R2,b\nvendor,,c\n'

test('faulty rows forbid a file, each told by line and column and what is right', async () => {
  await using served = await serve()

  const view = await imported(served, FAULTY)

  assert.deepEqual([view.at('state'), view.at('rows')], ['refused', { read: 3, stored: 0, faulty: 2 }])
  assert.deepEqual(view.at('faults'), [
    { line: 3, column: 'kind', detail: '"parts" is no kind: write part, vendor, product.' },
    { line: 4, column: 'key', detail: 'Nothing is no key: it has 1 to 200 characters.' },
  ])
  assert.equal(served.world.catalog.items.size, 0)
})

test('faulty rows are left out where the sender wants it, and a dry run stores nothing', async () => {
  await using served = await serve()

  const dry = await imported(served, FAULTY, { dryRun: 'true', onFault: 'skip' })
  assert.deepEqual([dry.at('state'), served.world.catalog.items.size], ['checked', 0])
  const view = await imported(served, FAULTY, { onFault: 'skip' })

  assert.deepEqual([view.at('state'), view.at('rows')], ['completed', { read: 3, stored: 1, faulty: 2 }])
  assert.deepEqual([...served.world.catalog.items.keys()], ['part/R1'])
})

test('a header without what is needed is refused with the columns that are there', async () => {
  await using served = await serve()

  const view = await imported(served, 'part number,name\nR1,a\n', { kind: 'part' })

  assert.equal(view.at('state'), 'refused')
  assert.match(String(view.at('faults.0.detail')), /no column "key", only "part number", "name": .*keyColumn/)
})

test('of very many faults the first hundred are named', async () => {
  await using served = await serve()

  const view = await imported(served, `key,name\n${'x'.repeat(300)},a\n` + `${'x'.repeat(300)},b\n`.repeat(150), {
    kind: 'part',
  })

  assert.deepEqual([view.at('rows.faulty'), Object(view.at('faults')).length], [151, 100])
})

test('bytes that are no text are refused with their line', async () => {
  await using served = await serve()

  const view = await imported(served, Uint8Array.from(Buffer.from('key,name\n1,B\u00fcro\n', 'latin1')), {
    kind: 'part',
  })

  assert.match(String(view.at('faults.0.detail')), /line 2 is not utf-8/)
})

test('while an import is under way another is refused, and fields that do not fit are too', async () => {
  await using served = await serve()
  const first = await imported(served, 'key,name\n1,a\n', { kind: 'part' })
  const held = served.world.catalog.imports.get(String(first.at('id')))!
  served.world.catalog.imports.set(held.id, { ...held, finishedAt: null })

  const second = await upload(served, 'key,name\n1,a\n', { kind: 'part' })
  const wrong = await upload(served, 'key,name\n1,a\n', { kind: 'parts' })

  assert.deepEqual([second.status, second.at('code')], [429, 'limit.imports'])
  assert.deepEqual([wrong.status, wrong.at('errors.0.pointer')], [400, '/kind'])
})

test('a file beyond the limit is refused', async () => {
  await using served = await serve({ maxImportBytes: 2_000 })

  const answer = await upload(served, `key,name\n${'1,a\n'.repeat(1_000)}`, { kind: 'part' })

  assert.deepEqual([answer.status, answer.at('code')], [413, 'document.too_large'])
})

test('a row that is removed is gone', async () => {
  await using served = await serve()
  await imported(served, 'key,name\n1,a\n', { kind: 'part' })

  const gone = await served.ask('/v1/catalog/part/1', { method: 'DELETE' })
  const again = await served.ask('/v1/catalog/part/1', { method: 'DELETE' })

  assert.deepEqual([gone.status, again.status], [204, 404])
})
