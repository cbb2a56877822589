import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { createTargetCheck } from '../http/check-target.ts'
import { createOutbound } from '../http/outbound.ts'
import { startStub } from '../testing/stub-server.ts'
import { createWebhookSender } from './send-webhook.ts'

const KEY = Buffer.from('a key of twenty-four byte')
const SECRET = `whsec_${KEY.toString('base64')}`
const OLD = `whsec_${Buffer.from('another').toString('base64')}`
const BODY = '{"type":"task.moved","data":{"title":"Ünïcode"}}'

async function setup(answer: Parameters<typeof startStub>[0], { isAllowed = true } = {}) {
  const stub = await startStub(answer)
  const outbound = createOutbound({ allow: isAllowed ? stub.host : '' })
  const send = createWebhookSender(outbound)
  const message = { url: `${stub.origin}/hook`, secrets: [SECRET, OLD], id: 'msg_1', at: new Date(), body: BODY }
  return {
    stub,
    send: (about: object = {}) => send({ ...message, ...about }),
    [Symbol.asyncDispose]: async () => {
      await outbound[Symbol.asyncDispose]()
      await stub[Symbol.asyncDispose]()
    },
  }
}

test('a message is signed as Standard Webhooks say, with each secret', async () => {
  await using given = await setup((_, response) => response.writeHead(204).end())

  const answer = await given.send()

  assert.deepEqual([answer.status, answer.beginning], [204, ''])
  const { method, headers, body } = given.stub.seen[0]!
  assert.deepEqual([method, headers['content-type'], body], ['POST', 'application/json', BODY])
  const signed = `msg_1.${String(headers['webhook-timestamp'])}.${body}`
  const expected = `v1,${createHmac('sha256', KEY).update(signed).digest('base64')}`
  assert.equal(String(headers['webhook-signature']).split(' ')[0], expected)
  for (const secret of [SECRET, OLD]) new Webhook(secret).verify(body, headers as Record<string, string>)
  assert.throws(() => new Webhook(SECRET).verify(`${body} `, headers as Record<string, string>))
})

test('a redirect is an answer, and nobody is asked where it leads', async () => {
  await using given = await setup((_, response) => response.writeHead(302, { location: '/sign-in' }).end())

  assert.equal((await given.send()).status, 302)
  assert.equal(given.stub.seen.length, 1)
})

test('of an answer without end only the beginning is read', async () => {
  await using given = await setup((_, response) => {
    response.writeHead(500, { 'retry-after': '120' })
    const more = () => void (response.write('x'.repeat(100_000)) ? setImmediate(more) : response.once('drain', more))
    more()
  })

  const answer = await given.send()

  assert.deepEqual([answer.status, answer.retryAfterMs, answer.beginning.length], [500, 120_000, 1_000])
})

test('an answer that breaks off after its status counts with what came', async () => {
  await using given = await setup((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half', () => response.destroy())
  })

  const answer = await given.send()

  assert.deepEqual([answer.status, answer.beginning], [200, 'half'])
})

test('an address that is not public is neither saved nor dialled', async () => {
  await using given = await setup((_, response) => response.end(), { isAllowed: false })
  const lookup = (name: string, _: object, done: (error: null, found: { address: string; family: number }[]) => void) =>
    done(null, [{ address: name.startsWith('inner') ? '10.0.0.7' : '93.184.215.14', family: 4 }])
  const check = createTargetCheck({ lookup, allow: 'inner-allowed.example:8080' })

  await assert.rejects(given.send(), { code: 'outbound.address_refused' })
  assert.equal(given.stub.connections(), 0)
  const inside = ['127.0.0.1', '[::1]', '0x7f.1', '2130706433', '169.254.169.254', '[::ffff:10.0.0.1]', 'inner.example']
  for (const host of inside) await assert.rejects(check(`https://${host}/`), { code: 'outbound.address_refused' })
  for (const url of ['file:///etc/passwd', 'https://user:pw@outer.example/', 'http://outer.example/'])
    await assert.rejects(check(url), { code: 'outbound.url_refused' })
  await check('https://outer.example/')
  await check('http://inner-allowed.example:8080/')
})
