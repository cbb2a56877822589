import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { serve, type Served } from '../testing/serve.ts'
import { TENANT } from '../testing/fake-world.ts'
import { sha256 } from './authenticate.ts'
import { openSession, sealSession } from './session-cookie.ts'

const KEY = 'sl_1_a-secret-that-nobody-guesses'
const SECRET = 'a secret for tests, long enough for them'
const part = { workflow: 'part', input: { record: { mpn: 'NXR-1K0-0402' } } }

async function withKey(): Promise<Served> {
  const served = await serve()
  served.world.keys.set(sha256(KEY), { id: '1', tenantId: TENANT, name: 'warehouse' })
  return served
}

const session = (served: Served, keyHash = sha256(KEY), secret = SECRET, msLeft = 60_000) =>
  `stageline_session=${sealSession(keyHash, new Date(served.world.now.getTime() + msLeft), secret)}`

/** node:http, because fetch does not let a caller choose the Host. */
function withHost(
  { port }: Served,
  host: string,
  path = '/v1/jobs',
  headers: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve) => {
    request({ port, path, host: '127.0.0.1', headers: { host, ...headers } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).end()
  })
}

test('without any key this machine alone is served, under a loopback name', async () => {
  await using served = await serve()

  assert.equal(await withHost(served, `localhost:${served.port}`), 200)
  assert.equal(await withHost(served, `127.0.0.1:${served.port}`), 200)
  assert.equal(await withHost(served, '[::1]'), 200)
  assert.equal(await withHost(served, 'rebound.example.com'), 403)
  assert.equal(await withHost(served, 'localhost.example.com'), 403)
  assert.equal(await withHost(served, 'localhost', '/v1/jobs', { 'x-forwarded-for': '203.0.113.9' }), 401)
})

test('once there is a key everybody needs one', async () => {
  await using served = await withKey()

  const nobody = await served.ask('/v1/jobs')
  const wrong = await served.ask('/v1/jobs', { headers: { Authorization: 'Bearer sl_1_wrong' } })
  const basic = await served.ask('/v1/jobs', { headers: { Authorization: 'Basic abc' } })
  const right = await served.ask('/v1/jobs', { headers: { Authorization: `Bearer ${KEY}` } })

  assert.deepEqual([nobody.status, nobody.headers.get('www-authenticate')], [401, 'Bearer'])
  assert.deepEqual([wrong.status, wrong.at('code')], [401, 'auth.unknown_key'])
  assert.equal(basic.status, 401)
  assert.equal(right.status, 200)
})

test('the name of the key is the actor', async () => {
  await using served = await withKey()

  await served.post('/v1/jobs', part, { Authorization: `Bearer ${KEY}` })

  assert.equal(served.world.submitted[0]?.actor, 'warehouse')
})

test('a key in the address is refused, even a right one', async () => {
  await using served = await withKey()

  const answer = await served.ask(`/v1/jobs?key=${KEY}`, { headers: { Authorization: `Bearer ${KEY}` } })

  assert.deepEqual([answer.status, answer.at('code')], [400, 'auth.key_in_url'])
})

test('a session ends with its key, with its time, and opens with no other secret', async () => {
  await using served = await withKey()
  const ask = async (cookie: string) => (await served.ask('/v1/jobs', { headers: { cookie } })).status

  assert.equal(await ask(session(served)), 200)
  assert.equal(await ask(session(served, sha256(KEY), SECRET, -1)), 401)
  assert.equal(await ask(session(served, sha256(KEY), 'another secret')), 401)
  assert.equal(await ask(session(served, sha256('sl_2_revoked'))), 401)
  assert.equal(await ask('stageline_session=abc'), 401)
})

test('a sealed session that was changed by one bit does not open', () => {
  const sealed = Buffer.from(sealSession('a'.repeat(64), new Date(10_000), SECRET), 'base64url')
  const opened = [...sealed.keys()].filter((i) => {
    const changed = Buffer.from(sealed)
    changed[i]! ^= 1
    return openSession(changed.toString('base64url'), SECRET, new Date(0)) !== undefined
  })

  assert.deepEqual(opened, [])
})

test('a foreign page cannot make a signed-in browser change anything', async () => {
  await using served = await withKey()
  const send = async (headers: Record<string, string>) =>
    (await served.post('/v1/jobs', part, { cookie: session(served), ...headers })).status

  assert.equal(await send({ origin: 'https://evil.example.com' }), 403)
  assert.equal(await send({ origin: 'null' }), 403)
  assert.equal(await send({}), 403)
  assert.equal(await send({ origin: served.url, 'sec-fetch-site': 'cross-site' }), 403)
  assert.equal(await send({ origin: `http://127.0.0.1:${served.port + 1}` }), 403)
  assert.equal(served.world.submitted.length, 0)
  assert.equal(await send({ origin: served.url }), 202)
})

test('a foreign page cannot use that this machine needs no key', async () => {
  await using served = await serve()

  const foreign = await served.post('/v1/jobs', part, { origin: 'https://evil.example.com' })
  const plain = await served.ask('/v1/jobs', {
    method: 'POST',
    body: JSON.stringify(part),
    headers: { 'Content-Type': 'text/plain' },
  })

  assert.equal(foreign.status, 403)
  assert.equal(plain.status, 415)
  assert.equal(served.world.submitted.length, 0)
})

test('answers forbid frames, sniffing and scripts', async () => {
  await using served = await serve()

  const { headers } = await served.ask('/v1/jobs')

  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('x-frame-options'), 'DENY')
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/)
  assert.equal(headers.get('x-powered-by'), null)
  assert.equal(headers.get('access-control-allow-origin'), null)
})

test('headers above 16 kB are refused', async () => {
  await using served = await serve()

  assert.equal(await withHost(served, 'localhost', '/v1/jobs', { 'x-long': 'x'.repeat(20_000) }), 431)
})

test('health needs no key; being alive asks nobody, being ready names what is missing', async () => {
  await using served = await withKey()
  served.world.failing.push('postgres')

  const live = await served.ask('/health/live')
  const ready = await served.ask('/health/ready')
  const startup = await served.ask('/health/startup')

  assert.deepEqual([live.status, startup.status], [200, 200])
  assert.deepEqual([ready.status, ready.at('checks.0')], [503, 'postgres'])
})
