import { startLine, startSmtpSink, waitFor, type SmtpSink } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { post, query, saveChain, submit, untilState, type Line } from './line.ts'

type Told = { subjectId: string; seq: number; title: string; to: string; actor: string }
type Message = {
  type: string
  timestamp: string
  data: Told & { traceparent: string | null; correlationId: string | null }
}
type Got = { path: string; id: string; at: number; message: Message; isSigned: (secret: string) => boolean }
type Attempt = { status: number | null; answer: string | null; durationMs: number }
type Delivery = { id: string; state: string; tries: number; attempts: Attempt[]; nextTryAt: string | null }
type Webhook = { id: string; secret: string; enabled: boolean; offReason: string | null; version: number }

/** A receiver as it may be: each path answers as the test says; 204 without a word. */
async function startReceiver() {
  const got: Got[] = []
  const answers = new Map<string, (nth: number, response: ServerResponse) => void>()
  const server = createServer((request, response) => void receive(request, response))
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts).toString()
    const { url: path = '', headers } = request
    const [id, at] = [String(headers['webhook-id']), Number(headers['webhook-timestamp'])]
    const isSigned = (secret: string) => {
      const mac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
      const expected = `v1,${mac.update(`${id}.${at}.${body}`).digest('base64')}`
      return String(headers['webhook-signature']).split(' ').includes(expected)
    }
    got.push({ path, id, at, message: JSON.parse(body) as Message, isSigned })
    const nth = got.filter((one) => one.path === path).length
    const answer = answers.get(path) ?? (() => response.writeHead(204).end())
    answer(nth, response)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { origin, got: (path: string) => got.filter((one) => one.path === path), answers, close }
}

describe('webhooks, with orchestrators of which some are killed while they send', () => {
  let line: Line
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let mailbox: SmtpSink
  before(async () => {
    receiver = await startReceiver()
    mailbox = await startSmtpSink()
    const mail = { SMTP_URL: mailbox.url, ALERT_MAIL_TO: 'ann@example.com', ALERT_MAIL_LEVEL: 'critical' }
    const env = { STAGELINE_OUTBOUND_ALLOW: new URL(receiver.origin).host, ...mail }
    line = await startLine({ stages: [], scripted: { fragile: {} }, env })
  })
  after(async () => {
    await line?.[Symbol.asyncDispose]()
    await receiver?.close()
    await mailbox?.[Symbol.asyncDispose]()
  })

  const add = async (path: string, about: object = {}): Promise<Webhook> => {
    const body = { name: path.slice(1), url: `${receiver.origin}${path}`, on: ['task.*'], ...about }
    const answer = await line.call('/v1/webhooks', post(body))
    const webhook = (await answer.json()) as Webhook
    assert.equal(answer.status, 201, JSON.stringify(webhook))
    return webhook
  }
  const switchTo = (id: string, enabled: boolean) =>
    line.call(`/v1/webhooks/${id}`, { ...post({ enabled }), method: 'PATCH' })
  const open = async (title: string): Promise<string> => {
    const answer = await line.call('/v1/tasks', post({ type: 'own', title }))
    return ((await answer.json()) as { id: string }).id
  }
  const move = async (id: string, to: string): Promise<void> => {
    assert.equal((await line.call(`/v1/tasks/${id}:transition`, post({ to, reason: 'Flow' }))).status, 200)
  }
  const deliveries = async (id: string, state = ''): Promise<Delivery[]> =>
    (
      await line.json<{ items: Delivery[] }>(
        `/v1/webhooks/${id}/deliveries?limit=200&state=${state}`.replace(/&state=$/, ''),
      )
    ).items
  const until = (message: string, isSo: () => boolean | Promise<boolean>) =>
    waitFor(async () => isSo(), { timeoutMs: 90_000, message: `${message} (log: ${line.log})` })
  /** As if so much time had passed for what waits. */
  const hurry = () => query(line, `UPDATE deliveries SET try_at = stageline_now() WHERE state = 'waiting'`)

  it('a receiver that fails twice gets all of it once it is well, signed, each task in its order', async () => {
    receiver.answers.set('/lame', (nth, response) => {
      if (nth === 1) response.writeHead(503).end('Come later')
      else if (nth === 2) response.destroy()
      else response.writeHead(200).end('Thank you')
    })
    const webhook = await add('/lame', { on: ['TaskStateChanged'] })
    const id = await open('Lame')
    await move(id, 'in_progress')
    await move(id, 'completed')

    await until('the first failure', async () =>
      (await deliveries(webhook.id)).some(({ attempts }) => attempts.length > 0),
    )
    const [failed] = (await deliveries(webhook.id)).filter(({ attempts }) => attempts.length > 0)
    await hurry()
    await until('the second failure', async () => (await deliveries(webhook.id)).some(({ tries }) => tries === 2))
    await until('it to be noted', async () =>
      (await deliveries(webhook.id)).some(({ attempts }) => attempts.length === 2),
    )
    await hurry()
    await until('all of them', async () => (await deliveries(webhook.id, 'delivered')).length === 3)

    assert.deepEqual(
      [failed!.state, failed!.attempts[0]!.status, failed!.attempts[0]!.answer],
      ['waiting', 503, 'Come later'],
    )
    const got = receiver.got('/lame')
    assert.deepEqual(
      got.map(({ message }) => message.data.to),
      ['new', 'new', 'new', 'in_progress', 'completed'],
    )
    assert.equal(new Set(got.slice(0, 3).map((one) => one.id)).size, 1)
    assert.deepEqual(new Set(got.map(({ message }) => message.type)), new Set(['TaskStateChanged']))
    assert.ok(got.every(({ isSigned, at }) => isSigned(webhook.secret) && Math.abs(at * 1000 - Date.now()) < 120_000))
    await switchTo(webhook.id, false)
  })

  it('nothing is lost when whoever sends is killed, and each task comes in its order', async () => {
    receiver.answers.set('/slow', (_, response) => void setTimeout(() => response.writeHead(204).end(), 40))
    const webhook = await add('/slow')
    const doomed = line.start('orchestrator')
    const ids = await Promise.all(Array.from({ length: 15 }, (_, i) => open(`Slow ${i}`)))
    await until('some to arrive', () => receiver.got('/slow').length > 3)
    await line.stop('orchestrator', 'SIGKILL')
    assert.notEqual(doomed.signalCode, null)
    await Promise.all(ids.map((id) => move(id, 'in_progress')))
    line.start('orchestrator')
    line.start('orchestrator')
    await Promise.all(ids.map((id) => move(id, 'completed')))

    const expected = ids.length * 3
    await until('all of them', async () => (await deliveries(webhook.id, 'delivered')).length === expected)

    const got = receiver.got('/slow')
    assert.equal(new Set(got.map(({ id }) => id)).size, expected)
    for (const id of ids) {
      const seqs = got.filter(({ message }) => message.data.subjectId === id).map(({ message }) => message.data.seq)
      assert.deepEqual([...new Set(seqs)], [1, 2, 3], `task ${id} in its order: ${seqs.join(' ')}`)
      assert.deepEqual(
        seqs,
        seqs.toSorted((a, b) => a - b),
      )
    }
    await switchTo(webhook.id, false)
  })

  it('one that is gone is switched off at once, with an alert; what it missed is sent again when somebody asks', async () => {
    receiver.answers.set('/gone', (nth, response) => void response.writeHead(nth === 1 ? 410 : 204).end())
    const webhook = await add('/gone')
    await open('Gone')
    const read = () => line.json<Webhook>(`/v1/webhooks/${webhook.id}`)
    await until('it to be off', async () => !(await read()).enabled)

    const { items } = await line.json<{ items: { title: string; level: string }[] }>('/v1/alerts')
    const [failed] = await deliveries(webhook.id)
    const tested = await line.call(`/v1/webhooks/${webhook.id}:test`, post({}))
    await until('the test', () => receiver.got('/gone').length === 2)
    await switchTo(webhook.id, true)
    const again = await line.call(`/v1/webhooks/${webhook.id}/deliveries/${failed!.id}:replay`, post({}))
    await until('the replay', async () => (await deliveries(webhook.id, 'delivered')).length === 2)
    const range = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' }
    const all = (await (await line.call(`/v1/webhooks/${webhook.id}:replay`, post(range))).json()) as {
      replayed: number
    }
    await until('all once more', () => receiver.got('/gone').length === 5)

    assert.equal((await read()).offReason, null)
    assert.deepEqual([tested.status, again.status, all.replayed], [202, 202, 2])
    assert.deepEqual([failed!.state, failed!.attempts[0]!.status], ['failed', 410])
    assert.ok(items.some(({ title, level }) => title === 'Webhook switched off: gone' && level === 'critical'))
    const [first, test, second] = receiver.got('/gone')
    assert.deepEqual([first!.id, test!.message.type], [second!.id, 'webhook.test'])
    assert.ok(second!.isSigned(webhook.secret))
  })

  it('a trigger tells a webhook of what fits, once, under the name that it says', async () => {
    const webhook = await add('/told', { on: [] })
    const trigger = {
      key: 'tell',
      on: ['task.opened'],
      when: 'entry.title.startsWith("Told")',
      actions: [{ kind: 'webhook', webhook: webhook.id, type: 'IntakeSeen' }],
    }
    const saved = await line.call('/v1/triggers/tell', { ...post(trigger), method: 'PUT' })
    assert.equal(saved.status, 201, await saved.text())
    await Promise.all(['Told 1', 'Told 2', 'Silent'].map(open))

    await until('both', async () => (await deliveries(webhook.id, 'delivered')).length === 2)

    const got = receiver.got('/told').map(({ message }) => `${message.type} ${message.data.title}`)
    assert.deepEqual(got.toSorted(), ['IntakeSeen Told 1', 'IntakeSeen Told 2'])
    const { items } = await line.json<{ items: { state: string; made: { kind: string }[] }[] }>(
      '/v1/triggers/tell/runs',
    )
    assert.deepEqual(
      items.map(({ state, made }) => [state, made[0]?.kind]),
      Array.from({ length: 2 }, () => ['done', 'webhook']),
    )
  })

  it('what is told of a job, and of a task about it, names what its sender calls the whole of it', async () => {
    await saveChain(line, 'named', ['fragile'])
    const webhook = await add('/named', { on: ['job.*', 'task.opened'], when: 'entry.workflow == "named"' })
    const input = { script: { fragile: { fail: 'data' } } }
    const { headers, ...request } = post({ workflow: 'named', input })
    const answer = await line.call('/v1/jobs', { ...request, headers: { ...headers, 'X-Correlation-Id': 'order-17' } })
    const traceparent = answer.headers.get('traceparent')
    const types = () => receiver.got('/named').map(({ message }) => message.type)

    await until('the task to be told of', () => types().includes('task.opened') && types().includes('job.step'))

    for (const { message, isSigned } of receiver.got('/named')) {
      const { actor, traceparent: trace, correlationId } = message.data
      assert.deepEqual([actor !== '', trace, correlationId], [true, traceparent, 'order-17'], message.type)
      assert.ok(isSigned(webhook.secret))
    }
  })

  it('a line for Slack says what happened, and what somebody wrote mentions nobody', async () => {
    const when = 'entry.title.contains("Slack")'
    const own = await add('/own', { format: 'slack', when, text: '<!here> {entry.title} is {entry.to}' })
    const usual = await add('/usual', { format: 'slack', when })
    await open('Slack <!channel> & co')
    await until('both', async () => {
      const done = await Promise.all([own, usual].map(({ id }) => deliveries(id, 'delivered')))
      return done.every(({ length }) => length === 1)
    })

    const said = ['/own', '/usual'].map((path) => (receiver.got(path)[0]!.message as unknown as { text: string }).text)
    assert.deepEqual(said, [
      '<!here> Slack &lt;!channel&gt; &amp; co is new',
      '*task.opened* task Slack &lt;!channel&gt; &amp; co: new\nby test',
    ])
  })

  it('equal alerts are one mail, however many jobs they are about', async () => {
    const untold = () => query(line, `SELECT FROM alerts WHERE level = 'critical' AND mailed_at IS NULL`)
    await until('older alerts to be told', async () => (await untold()).length === 0)
    mailbox.mails.length = 0
    mailbox.refuse(1)
    const actions = [{ kind: 'emit_alert', level: 'critical', title: 'Alike', group: 'alike' }]
    const trigger = { key: 'alike', on: ['task.opened'], when: 'entry.title.startsWith("Alike")', actions }
    assert.equal((await line.call('/v1/triggers/alike', { ...post(trigger), method: 'PUT' })).status, 201)
    await Promise.all(Array.from({ length: 8 }, (_, i) => open(`Alike ${i}`)))
    const raised = async () =>
      (await line.json<{ items: { title: string; count: number }[] }>('/v1/alerts')).items.find(
        ({ title }) => title === 'Alike',
      )
    await until('all to be raised', async () => (await raised())?.count === 8)
    const tried = async () =>
      (await query<{ tries: number }>(line, `SELECT mail_tries AS tries FROM alerts WHERE title = 'Alike'`))[0]!.tries
    await until('a first try, which is refused', async () => (await tried()) > 0)
    await query(line, 'UPDATE alerts SET mail_at = stageline_now()')

    await until('the mail', () => mailbox.mails.length > 0)
    await until(
      'it to be noted',
      async () =>
        (await query(line, `SELECT FROM alerts WHERE title = 'Alike' AND mailed_at IS NOT NULL`)).length === 1,
    )
    await query(line, 'UPDATE alerts SET mail_at = stageline_now()')
    await open('Alike at last')
    await until('one more', async () => (await raised())?.count === 9)

    assert.equal(mailbox.mails.length, 1)
    const [{ to, text } = { to: [], text: '' }] = mailbox.mails
    assert.deepEqual(to, ['ann@example.com'])
    assert.match(text, /^Subject: \[Stageline\] critical: Alike$/m)
  })

  it('jobs that fail alike are one alert, once the built-in trigger is switched on', async () => {
    const { definition } = await line.json<{ definition: object }>('/v1/triggers/steps-fail')
    const on = await line.call('/v1/triggers/steps-fail', { ...post({ ...definition, enabled: true }), method: 'PUT' })
    assert.equal(on.status, 200, await on.text())
    await saveChain(line, 'delicate', ['fragile'])
    const input = { script: { fragile: { fail: 'data' } } }
    const ids = await Promise.all([1, 2, 3].map(() => submit(line, { workflow: 'delicate', input })))
    for (const id of ids) await untilState(line, id, ['suspended'])

    type Alert = { title: string; count: number; raisedBy: string }
    const raised = async () =>
      (await line.json<{ items: Alert[] }>('/v1/alerts')).items.filter(
        ({ raisedBy }) => raisedBy === 'trigger:steps-fail',
      )
    await until('all to be counted', async () => (await raised()).reduce((sum, { count }) => sum + count, 0) === 3)

    const alerts = await raised()
    assert.equal(alerts.length, 1)
    assert.match(alerts[0]!.title, /^delicate: fragile fails with [a-z]+\.[a-z_]+$/)
  })

  it('an endpoint that hangs holds up no other, and one inside is neither saved nor called', async () => {
    receiver.answers.set('/hangs', () => undefined)
    await add('/hangs')
    const well = await add('/well', { when: 'entry.title == "Well"' })
    await Promise.all(['Well', 'Ill'].map(open))

    await until('the well one', async () => (await deliveries(well.id, 'delivered')).length === 1)

    assert.deepEqual(
      receiver.got('/well').map(({ message }) => message.data.title),
      ['Well'],
    )
    for (const url of ['http://127.0.0.1:65123/', 'https://[::1]/', 'https://169.254.169.254/latest']) {
      const refused = await line.call('/v1/webhooks', post({ name: 'Inside', url, on: ['job.*'] }))
      assert.deepEqual(
        [refused.status, ((await refused.json()) as { code: string }).code],
        [422, 'webhook.target_refused'],
      )
    }
    // Saved when it was allowed, or by whoever can write to the record.
    await query(
      line,
      `UPDATE webhooks SET definition = jsonb_set(definition, '{url}', '"http://127.0.0.1:65123/"') WHERE id = '${well.id}'`,
    )
    await line.call(`/v1/webhooks/${well.id}:test`, post({}))
    const codes = async () =>
      (
        await line.json<{ items: { attempts: { error: { code: string } | null }[] }[] }>(
          `/v1/webhooks/${well.id}/deliveries?state=waiting`,
        )
      ).items.flatMap(({ attempts }) => attempts.map(({ error }) => error?.code))
    await until('it to be tried', async () => (await codes()).length === 1)
    assert.deepEqual(await codes(), ['outbound.address_refused'])
  })
})
