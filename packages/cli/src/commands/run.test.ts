import { createClient } from '@stageline/client'
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import type { Context } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { run } from './run.ts'

const RUN = {
  state: 'completed',
  source: 'parts',
  dryRun: true,
  read: 4,
  submitted: 2,
  skipped: 1,
  refused: 1,
  routes: { person: 2 },
  faults: [{ position: '3', detail: '"id", its key, is empty' }],
  sample: [{ position: '1', businessKey: 'X-1', priority: 0.9, route: 'person', rule: 'forced', problems: [] }],
  error: null,
  nextTryAt: null,
  finishedAt: '2026-01-01T00:00:00Z',
}

/** Runs the command against a line that answers every request with this batch. */
async function runWith(given: readonly string[], options: object, about: object = {}) {
  const asked: { url: string; body: unknown }[] = []
  let text = ''
  const batch = { id: 'b', name: null, actor: 'a', createdAt: '', total: 0, byState: {}, run: { ...RUN, ...about } }
  const answer = async (request: Request) => {
    asked.push({ url: new URL(request.url).pathname, body: request.method === 'POST' ? await request.json() : null })
    return Response.json(batch, { status: request.method === 'POST' ? 202 : 200 })
  }
  const fetch: typeof globalThis.fetch = (request, init) => answer(new Request(request, init))
  const context: Context = {
    client: createClient({ baseUrl: 'http://line', fetch }),
    url: 'http://line',
    out: {
      show: (_, tell) => void (text = tell()),
      note: () => {},
      progress: () => ({ update: () => {}, [Symbol.dispose]: () => {} }),
      paint: (_, plain) => plain,
      width: Infinity,
    },
    source: { stdin: new PassThrough(), cwd: '/' },
    question: undefined,
    signal: new AbortController().signal,
  }
  const code = await run.run(context, given, { workflow: 'part', ...options })
  return { code, asked, text }
}

describe('a batch of the records of a source', () => {
  it('is asked for in the words of the API', async () => {
    const wish = { limit: 5, priorityThreshold: 0.7, where: ['maker=Nexar', 'note=a=b'], all: true, forceManual: true }

    const { asked } = await runWith([], { source: 'parts', ...wish, name: 'Monday' })

    assert.deepEqual(asked, [
      {
        url: '/v1/batches',
        body: {
          source: 'parts',
          workflow: 'part',
          dryRun: false,
          filter: { minPriority: 0.7, equals: { maker: 'Nexar', note: 'a=b' } },
          name: 'Monday',
          limit: 5,
          force: 'person',
          onlyNew: false,
        },
      },
    ])
  })

  it('is waited for in a dry run, and says where records would go and which are refused', async () => {
    const { code, asked, text } = await runWith([], { source: 'parts', dryRun: true })

    assert.deepEqual([code, asked.map(({ url }) => url)], [EXIT.ok, ['/v1/batches', '/v1/batches/b']])
    assert.match(text, /read +4 records, completed\nwould submit +2\n {2}to person +2\nleft out +1\nrefused +1\n/)
    assert.match(text, /RECORD +KEY +PRIO +ROUTE +RULE[^]*1 +X-1 +0\.90 +person +forced[^]*3 +"id", its key, is empty/)
  })

  it('that could not be read ends with 1 and says why', async () => {
    const error = { code: 'source.file_missing', message: 'There is no file' }
    const { code, text } = await runWith([], { source: 'parts', wait: true }, { state: 'failed', error })

    assert.equal(code, EXIT.failed)
    assert.match(text, /error +source\.file_missing: There is no file/)
  })

  it('has one origin, and takes no options of the other', async () => {
    const refusals: [readonly string[], object, RegExp][] = [
      [[], {}, /one origin/],
      [['parts.csv'], { source: 'parts' }, /one origin/],
      [['parts.csv'], { all: true }, /--all is for a source/],
      [[], { source: 'parts', keyField: 'mpn' }, /--key-field is for a file/],
      [[], { source: 'parts', where: ['maker'] }, /no column and value/],
    ]

    for (const [given, options, message] of refusals)
      await assert.rejects(runWith(given, options), { message, code: EXIT.usage })
  })
})
