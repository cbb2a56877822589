import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SERVICE_GROUPS } from '../start-services.ts'

/**
 * A checkout whose programs are a few lines each, to try starting and stopping on: a migration and a key maker that
 * note their call, services that are ready at once, and a gateway that completes every job, refuses empty files and
 * suspends what is named so. Each process writes `<name> <pid>` to `pids` so that tests can see that none is left.
 */
export function fakeCheckout({ migrate = '', gateway = GATEWAY }: { migrate?: string; gateway?: string } = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'stageline-checkout-')))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  const note = (name: string) =>
    `import { appendFileSync } from 'node:fs'\nappendFileSync('${root}/pids', '${name} ' + process.pid + '\\n')\n`
  write('package.json', '{ "type": "module" }')
  write('packages/store/src/migrate.ts', `${note('migrate')}${migrate}`)
  write('packages/store/src/create-api-key.ts', `${note('create-api-key')}console.log('sl_made_key')`)
  write('packages/runtime/src/load-catalog.ts', note('load-catalog'))
  for (const name of SERVICE_GROUPS.flat()) {
    write(`services/${name}/src/main.ts`, `${note(name)}${name === 'gateway' ? gateway : SERVICE}`)
  }
  write('examples/samples/samples.json', JSON.stringify(SAMPLES))
  write('examples/samples/good.pdf', 'good')
  write('examples/samples/empty.pdf', '')
  return { root, write, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}

const SAMPLES = [
  {
    name: 'good',
    title: 'A good one',
    workflow: 'document',
    file: 'good.pdf',
    expect: { outcome: 'completed', kind: 'invoice' },
  },
  {
    name: 'empty',
    title: 'No bytes',
    workflow: 'document',
    file: 'empty.pdf',
    expect: { outcome: 'rejected', httpStatus: 422 },
  },
  {
    name: 'record',
    title: 'A record',
    workflow: 'part',
    record: { mpn: 'X1' },
    after: 'good',
    expect: { outcome: 'suspended' },
  },
]

const STOPPING = `
process.on('SIGTERM', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
`

const SERVICE = `
import { createServer } from 'node:http'
createServer((_, response) => response.end()).listen(Number(process.env.PORT), '127.0.0.1')
${STOPPING}`

const GATEWAY = `
import { createServer } from 'node:http'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
const file = process.env.STAGELINE_BLOB_DIR + '-jobs.json'
const jobs = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
const fields = { invoice_number: { value: 'N-1', confidence: 1, source: { method: 'text', page: 1, box: [10.4, 20, 30, 40] } } }
const result = { kind: 'invoice', fields, filled: [], failedChecks: [], score: 0.97 }
const answer = async (request) => {
  const body = Buffer.concat(await request.toArray()).toString()
  if (request.url === '/health/ready') return [200, {}]
  if (request.headers.authorization !== 'Bearer sl_made_key') return [401, { code: 'auth.unknown_key' }]
  const id = request.url.split('/')[3]
  if (request.url.startsWith('/v1/jobs?')) return [200, { items: [] }]
  if (request.method === 'POST') {
    if (body.includes('empty.pdf')) return [422, { code: 'document.empty', detail: 'The file is empty.' }]
    const key = request.headers['idempotency-key']
    jobs[key] = body.includes('mpn') ? 'suspended' : 'completed'
    writeFileSync(file, JSON.stringify(jobs))
    return [202, { id: key }]
  }
  if (!jobs[id]) return [404, { code: 'resource.unknown' }]
  if (request.url.endsWith('/result')) return [200, { state: jobs[id], result, outputs: {} }]
  return [200, { id, state: jobs[id], stage: null, steps: [], lastError: null, decisions: [], openTasks: [] }]
}
createServer((request, response) => answer(request).then(([status, body]) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})).listen(Number(process.env.PORT), '127.0.0.1')
${STOPPING}`
