import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { ConfigError, toFailure } from '@stageline/domain'
import { createOutbound } from '../http/outbound.ts'
import { sendJson, startStub, type Seen } from '../testing/stub-server.ts'
import { createTokenSource } from './digikey-token.ts'
import { digikeyLookUp } from './digikey.ts'
import { LookUpSettings } from './look-up-settings.ts'

const SEARCH = '/products/v4/search/keyword'

describe('DigiKey', () => {
  it('is asked by keyword with a token of its client, and its product becomes a row', async () => {
    await using stub = await openStub(searchAnswers(PRODUCTS))

    const found = await find(stub)

    const [token, search] = stub.seen
    assert.deepEqual([token!.method, token!.path], ['POST', '/v1/oauth2/token'])
    assert.equal(token!.body, 'grant_type=client_credentials&client_id=client&client_secret=hush')
    assert.deepEqual([search!.method, search!.path], ['POST', SEARCH])
    assert.deepEqual(JSON.parse(search!.body), { Keywords: 'LM358N', Limit: 10, Offset: 0 })
    assert.deepEqual(
      ['authorization', 'x-digikey-client-id', 'x-digikey-locale-site'].map((name) => search!.headers[name]),
      ['Bearer token-1', 'client', 'US'],
    )
    assert.deepEqual(found, [
      {
        item: {
          kind: 'part',
          key: 'LM358N',
          name: 'LM358N',
          attributes: {
            manufacturer: 'Texas Instruments',
            description: 'IC OPAMP GP 2 CIRCUIT 8DIP',
            category: 'Integrated Circuits (ICs)',
            package: '8-PDIP',
          },
        },
        url: `${stub.origin}${SEARCH}`,
      },
    ])
  })

  it('gives one token for calls that come at once and after', async () => {
    await using stub = await openStub(searchAnswers(PRODUCTS))

    await Promise.all([find(stub), find(stub)])
    await find(stub)

    assert.equal(stub.seen.filter(({ path }) => path !== SEARCH).length, 1)
  })

  it('is asked once more with a new token when the old one is refused', async () => {
    await using stub = await openStub((seen, response) => {
      if (seen.headers.authorization === 'Bearer token-1') return sendJson(response, {}, 401)
      return searchAnswers(PRODUCTS)(seen, response)
    })

    assert.equal((await find(stub)).length, 1)
    assert.deepEqual(
      stub.seen.map(({ path }) => path === SEARCH),
      [false, true, false, true],
    )
  })

  it('knows nothing of a part that it does not find', async () => {
    await using none = await openStub(searchAnswers({ Products: [], ExactMatches: [], ProductsCount: 0 }))
    await using unknown = await openStub((_, response) => sendJson(response, { title: 'Not Found' }, 404))

    assert.deepEqual([await find(none), await find(unknown)], [[], []])
  })

  const failures: [name: string, answer: (response: ServerResponse) => void, code: string, ms?: number][] = [
    ['429', (r) => sendJson(r, {}, 429, { 'retry-after': '30' }), 'outbound.rate_limited', 30_000],
    ['a refused client', (r) => sendJson(r, {}, 401), 'outbound.unauthorized'],
    ['503', (r) => sendJson(r, {}, 503), 'outbound.server_error'],
    ['another form', (r) => sendJson(r, { Products: [{ Manufacturer: 1 }] }), 'outbound.malformed_answer'],
    ['no JSON', (r) => void r.end('<html>'), 'outbound.malformed_answer'],
  ]
  for (const [name, answer, code, ms] of failures) {
    it(`${name}: ${code}`, async () => {
      await using stub = await openStub((_, response) => answer(response))

      const failure = await failureOf(find(stub))

      assert.deepEqual([failure.code, failure.retryAfterMs], [code, ms])
      assert.doesNotMatch(JSON.stringify(failure), /hush|token-/)
    })
  }

  it('rests for a minute when its quota is used up', async () => {
    await using stub = await openStub((_, response) =>
      sendJson(response, PRODUCTS, 200, { 'x-ratelimit-remaining': '0' }),
    )

    assert.equal((await find(stub)).length, 1)
    const resting = await failureOf(find(stub, '2026-11-20T10:00:20Z'))
    assert.equal((await find(stub, '2026-11-20T10:01:01Z')).length, 1)

    assert.deepEqual([resting.code, resting.retryAfterMs], ['outbound.quota_used', 40_000])
    assert.equal(stub.seen.filter(({ path }) => path === SEARCH).length, 2)
  })

  it('is left out without a client, and needs its secret', () => {
    const outbound = createOutbound()

    assert.equal(digikeyLookUp(LookUpSettings.parse({}), outbound), undefined)
    assert.throws(() => digikeyLookUp(LookUpSettings.parse({ DIGIKEY_CLIENT_ID: 'c' }), outbound), ConfigError)
  })
})

describe('a token', () => {
  it('is replaced a minute before its end, and one that could not be had is asked for again', async () => {
    let answers = 0
    await using server = await startStub((_, response) => {
      answers += 1
      return answers === 1
        ? sendJson(response, {}, 500)
        : sendJson(response, { access_token: `t${answers}`, expires_in: 1800 })
    })
    await using outbound = createOutbound({ allow: server.host })
    let ms = 0
    const tokens = createTokenSource({ url: server.origin, id: 'i', secret: 's' }, outbound, () => ms)
    const now = new Date()

    await assert.rejects(() => tokens.token(now), { code: 'outbound.server_error' })
    const had = [await tokens.token(now)]
    ms = 1_739_999
    had.push(await tokens.token(now))
    ms = 1_740_000
    had.push(await tokens.token(now))

    assert.deepEqual(had, ['t2', 't2', 't3'])
  })
})

/** As the documentation of ProductInformation v4 shows it, shortened. */
const PRODUCTS = (() => {
  const product = {
    Description: {
      ProductDescription: 'IC OPAMP GP 2 CIRCUIT 8DIP',
      DetailedDescription: 'General Purpose Amplifier 2 Circuit 8-PDIP',
    },
    Manufacturer: { Id: 296, Name: 'Texas Instruments' },
    ManufacturerProductNumber: 'LM358N',
    UnitPrice: 0.5,
    ProductUrl: 'https://www.digikey.com/en/products/detail/x',
    QuantityAvailable: 10,
    ProductStatus: { Id: 0, Status: 'Active' },
    Parameters: [
      {
        ParameterId: 16,
        ParameterText: 'Package / Case',
        ParameterType: 'String',
        ValueId: '1',
        ValueText: '8-DIP (0.300", 7.62mm)',
      },
      {
        ParameterId: 1291,
        ParameterText: 'Supplier Device Package',
        ParameterType: 'String',
        ValueId: '2',
        ValueText: '8-PDIP',
      },
      { ParameterId: 3, ParameterText: 'Tolerance', ParameterType: 'String', ValueId: '3', ValueText: '-' },
    ],
    Category: { CategoryId: 32, ParentId: 0, Name: 'Integrated Circuits (ICs)', ChildCategories: [] },
    Series: { Id: 0, Name: '-' },
  }
  return {
    Products: [product],
    ProductsCount: 1,
    ExactMatches: [product],
    FilterOptions: {},
    AppliedParametricFiltersDto: [],
  }
})()

const searchAnswers = (body: object) => (_: Seen, response: ServerResponse) => sendJson(response, body)

/** Gives tokens by itself; the test says what searching answers. */
async function openStub(search: (seen: Seen, response: ServerResponse) => void) {
  let tokens = 0
  const server = await startStub((seen, response) => {
    if (seen.path === SEARCH) return search(seen, response)
    tokens += 1
    return sendJson(response, { access_token: `token-${tokens}`, expires_in: 599, token_type: 'Bearer' })
  })
  const outbound = createOutbound({ allow: server.host })
  const given = { DIGIKEY_URL: server.origin, DIGIKEY_CLIENT_ID: 'client', DIGIKEY_CLIENT_SECRET: 'hush' }
  const lookUp = digikeyLookUp(LookUpSettings.parse(given), outbound)!
  const close = async () => {
    await outbound[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  }
  return { lookUp, seen: server.seen, origin: server.origin, [Symbol.asyncDispose]: close }
}

const find = ({ lookUp }: Awaited<ReturnType<typeof openStub>>, at = '2026-11-20T10:00:00Z') =>
  lookUp.find(
    { kind: 'part', key: 'LM358N' },
    {},
    { signal: new AbortController().signal, idempotencyKey: 'k', now: new Date(at) },
  )

const failureOf = async (call: Promise<unknown>) =>
  call.then(
    () => assert.fail('It was expected to fail'),
    (error: unknown) => toFailure(error),
  )
