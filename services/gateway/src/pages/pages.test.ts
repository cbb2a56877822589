import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { sha256 } from '../guard/authenticate.ts'
import { addBlob, addJob, addTask, TENANT, type FakeWorld } from '../testing/fake-world.ts'
import { serve, type Served } from '../testing/serve.ts'
import { html } from './html.ts'
import { localPath } from './sign-in-page.ts'

const EVIL = '"><img src=x onerror=alert(1)>\'<script>alert(2)</script>'

function addReviewed(world: FakeWorld, text = 'Nordwerk Components') {
  const box: [number, number, number, number] = [10, 20, 110, 40]
  const model = {
    reader: 'test-1',
    mediaType: 'image/png',
    tables: [],
    structured: [],
    metadata: {},
    warnings: [],
    pages: [{ number: 1, width: 600, height: 800, origin: 'ocr', lines: [{ text, box }] }],
  }
  const document = addBlob(world, Buffer.from('\x89PNG', 'latin1'), { mediaType: 'image/png', fileName: `${text}.png` })
  const stored = addBlob(world, gzipSync(JSON.stringify(model)), { mediaType: 'application/json' })
  const fields = {
    vendor: { value: text, confidence: 0.97, source: { method: 'text' as const, page: 1, box, text } },
    total: { value: '119.00', confidence: 0.41 },
    pages: { value: 2, confidence: 0.9 },
  }
  const check = {
    name: 'lines_sum_to_net',
    outcome: 'failed' as const,
    weight: 0.5,
    blocking: true,
    inputs: { net: '100.00' },
    detail: `The lines sum to 99.00, not 100.00 ${text}`,
  }
  const scoring = {
    kind: 'invoice',
    fields,
    lineItems: [],
    checks: [check],
    failedChecks: [check.name],
    blockingFailures: 1,
    completeness: 0.9,
    confidence: 0.4,
    priority: 0.5,
    formula: 'f-1',
    score: 0.5,
  }
  const job = addJob(world, { workflow: 'document', state: 'suspended', input: { document } })
  world.outputs.set(job.id, { outputs: { classification: { kind: 'invoice', model: stored }, scoring }, result: null })
  const task = addTask(world, { jobId: job.id, title: text, evidence: { text } })
  return { job, task }
}

const form = (values: Record<string, string>, { url }: Served): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(values).toString(),
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: url },
})

test('values are escaped in text and in attributes, markup of ours is not', () => {
  const inner = html`<b>${'<i>'}</b>`

  assert.equal(
    String(html`<p title="${EVIL}">${[inner, null, false, 0]}</p>`),
    `<p title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&lt;script&gt;alert(2)&lt;/script&gt;"><b>&lt;i&gt;</b>0</p>`,
  )
})

test('what senders wrote appears on no page as markup', async () => {
  await using served = await serve()
  const { job, task } = addReviewed(served.world, EVIL)
  addJob(served.world, { businessKey: EVIL, actor: EVIL })

  for (const path of ['/', `/jobs/${job.id}`, `/tasks/${task.id}`]) {
    const page = await served.ask(path)
    assert.equal(page.status, 200, path)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    assert.doesNotMatch(page.text, /<img src=x|<script>alert/, path)
    assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self'/)
  }
})

test('a message of a queue leads to the jobs in it, and to nobody else', async () => {
  const [mine, foreign] = ['019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6082', '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6083']
  const steps: [string, string, number][] = []
  const tenantOf = new Map([
    [mine, TENANT],
    [foreign, '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6084'],
  ])
  await using served = await serve(
    {},
    {
      stepsOf: async (stage, id) => {
        const tenantId = stage === 'extraction' ? tenantOf.get(id) : undefined
        return tenantId === undefined ? undefined : { tenantId, steps }
      },
    },
  )
  const carried = addJob(served.world, { businessKey: 'in the message' })
  addJob(served.world, { businessKey: 'beside the message' })
  steps.push([carried.id, 'extraction', 1])

  const page = await served.ask(`/messages/extraction/${mine}`)
  const others = await Promise.all(
    [`extraction/${foreign}`, `scoring/${mine}`, 'extraction/x'].map((place) => served.ask(`/messages/${place}`)),
  )

  assert.equal(page.status, 200)
  assert.match(page.text, /in the message/)
  assert.doesNotMatch(page.text, /beside the message/)
  assert.deepEqual(
    others.map(({ status }) => status),
    [404, 404, 404],
  )
})

test('no page holds inline script or style', async () => {
  await using served = await serve()
  const { job, task } = addReviewed(served.world)

  for (const path of ['/', `/jobs/${job.id}`, `/tasks/${task.id}`, '/sign-in', '/problems/action.refused']) {
    const { text } = await served.ask(path)
    assert.doesNotMatch(text, /<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/i, path)
    for (const [, src] of text.matchAll(/(?:src|href)="(https?:)?\/\//g)) assert.fail(`${path} loads from ${src}`)
  }
})

test('the line shows each stage with its counts, the latest jobs and the open tasks', async () => {
  await using served = await serve()
  const { task } = addReviewed(served.world)

  const { text } = await served.ask('/')

  for (const stage of ['classification', 'extraction', 'enrichment', 'scoring'])
    assert.match(text, new RegExp(`>${stage}<`))
  assert.match(text, /classification: 1 queued/)
  assert.ok(text.includes(`href="/tasks/${task.id}"`))
  assert.match(text, /1 open task</)
})

test('the line says what holds a stage', async () => {
  await using served = await serve()
  const hold = (stage: string, change: object) => {
    const view = served.world.stages.get(stage)!
    served.world.stages.set(stage, { ...view, ...change })
  }
  const { breaker } = served.world.stages.get('scoring')!
  hold('classification', { paused: true, pausedUntil: '2026-11-20T13:30:00.000Z' })
  hold('extraction', { breaker: { ...breaker, state: 'open', code: 'x.down' } })
  hold('enrichment', { limited: { until: '2026-11-20T13:45:00.000Z', by: 'w', code: 'x.slow', reason: 'Slow' } })

  const page = await served.ask('/')

  for (const text of ['paused until 13:30 UTC', 'breaker open', 'limited until 13:45 UTC', '1 worker'])
    assert.ok(page.text.includes(text), text)
})

test('a job shows its fields with confidence, source and the place on the page', async () => {
  await using served = await serve()
  const { job } = addReviewed(served.world)

  const { text } = await served.ask(`/jobs/${job.id}`)

  assert.match(text, /<image\s+href="\/v1\/jobs\/[^"]+\/document"/)
  assert.match(text, /data-mark="vendor"/)
  assert.match(text, /41 %/)
  assert.match(text, /no source found/)
  assert.match(text, /Lines sum to net/)
})

test('a task that no step waits for says what is to be done and whose it is, and takes no verdict', async () => {
  await using served = await serve()
  const { id } = addTask(served.world, {
    jobId: null,
    workflow: null,
    step: null,
    title: 'Ask <the> sender',
    description: 'By telephone',
    assignee: 'ann',
  })

  const page = await served.ask(`/tasks/${id}`)

  assert.equal(page.status, 200)
  assert.match(page.text, /Ask &lt;the&gt; sender/)
  assert.match(page.text, /By telephone/)
  assert.match(page.text, /<dd>ann<\/dd>/)
  assert.doesNotMatch(page.text, /name="verdict"/)
})

test('a task shows the most doubtful field first', async () => {
  await using served = await serve()
  const { task } = addReviewed(served.world)

  const { text } = await served.ask(`/tasks/${task.id}`)
  const names = [...text.matchAll(/name="field:(\w+)"/g)].map(([, name]) => name)

  assert.deepEqual(names, ['total', 'pages', 'vendor'])
})

test('a verdict carries only the values that were changed, in the type that they had', async () => {
  await using served = await serve()
  const { job, task } = addReviewed(served.world)
  const values = {
    verdict: 'accept',
    reason: 'As printed',
    'field:vendor': 'Nordwerk Components',
    'field:total': '118.00',
    'field:pages': '3',
    'field:made-up': 'x',
  }

  const answer = await served.ask(`/tasks/${task.id}`, form(values, served))

  assert.deepEqual([answer.status, answer.headers.get('location')], [303, `/jobs/${job.id}`])
  const settled = served.world.tasks.get(task.id)
  assert.deepEqual([settled?.verdict, settled?.verdictReason], ['accept', 'As printed'])
  assert.deepEqual(
    settled?.corrections.map(({ path, to }) => [path, to]),
    [
      ['/fields/total/value', '118.00'],
      ['/fields/pages/value', 3],
    ],
  )
})

test('a reason that no database can hold is refused on both forms', async () => {
  await using served = await serve()
  const { job, task } = addReviewed(served.world)

  const verdict = await served.ask(`/tasks/${task.id}`, form({ verdict: 'accept', reason: 'a\0b' }, served))
  const action = await served.ask(`/jobs/${job.id}`, form({ action: 'cancelled', reason: 'a\0b' }, served))

  assert.deepEqual([verdict.status, action.status], [400, 400])
})

test('a verdict on a task that somebody else holds is refused and what was entered stays', async () => {
  await using served = await serve()
  const { task } = addReviewed(served.world)
  served.world.tasks.set(task.id, { ...task, assignee: 'rosa' })

  const answer = await served.ask(`/tasks/${task.id}`, form({ verdict: 'accept', 'field:total': '77.70' }, served))

  assert.equal(answer.status, 409)
  assert.match(answer.text, /rosa holds/)
  assert.match(answer.text, /value="77.70"/)
})

test('a file is submitted by a form alone', async () => {
  await using served = await serve()
  const body = new FormData()
  body.append('workflow', 'document')
  body.append('file', new Blob(['%PDF-1.7']), 'a.pdf')

  const answer = await served.ask('/documents', { method: 'POST', body, headers: { Origin: served.url } })

  assert.equal(answer.status, 303)
  assert.match(answer.headers.get('location') ?? '', /^\/jobs\//)
})

test('strangers are sent to sign in and come back to where they wanted to go', async () => {
  await using served = await serve()
  const key = 'sl_1_right'
  served.world.keys.set(sha256(key), { id: '1', tenantId: TENANT, name: 'office' })

  const stranger = await served.ask('/jobs/x?a=1')
  const wrong = await served.ask('/sign-in', form({ key: 'sl_1_wrong', to: '/' }, served))
  const right = await served.ask('/sign-in', form({ key, to: '/jobs/x?a=1' }, served))
  const cookie = right.headers.get('set-cookie') ?? ''
  const page = await served.ask('/', { headers: { cookie: cookie.split(';', 1)[0] ?? '' } })

  assert.equal(stranger.headers.get('location'), '/sign-in?to=%2Fjobs%2Fx%3Fa%3D1')
  assert.equal(wrong.status, 401)
  assert.equal(right.headers.get('location'), '/jobs/x?a=1')
  assert.match(cookie, /HttpOnly.*SameSite=Strict/)
  assert.doesNotMatch(cookie, /sl_1_right/)
  assert.equal(page.status, 200)
  assert.match(page.text, /office/)
})

test('a foreign page cannot sign a browser in', async () => {
  await using served = await serve()
  const key = 'sl_1_right'
  served.world.keys.set(sha256(key), { id: '1', tenantId: TENANT, name: 'office' })

  const answer = await served.ask('/sign-in', {
    ...form({ key, to: '/' }, served),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'https://evil.example.com' },
  })

  assert.equal(answer.status, 403)
  assert.equal(answer.headers.get('set-cookie'), null)
})

for (const to of [
  '//evil.example.com',
  '/\\evil.example.com',
  'https://evil.example.com',
  'javascript:alert(1)',
  '/a\r\nSet-Cookie: x=1',
  undefined,
]) {
  test(`signing in leads to no other server: ${JSON.stringify(to)}`, () => {
    assert.equal(localPath(to), '/')
  })
}

test('every problem code has a page that strangers may read', async () => {
  await using served = await serve()
  served.world.keys.set('x', { id: '1', tenantId: TENANT, name: 'x' })

  const page = await served.ask('/problems/idempotency.in_flight')
  const none = await served.ask('/problems/no.such')

  assert.equal(page.status, 200)
  assert.match(page.text, /Retry-After/)
  assert.equal(none.status, 404)
})
