import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { toFailure } from '@stageline/domain'
import { startStub, type StubServer } from '../testing/stub-server.ts'
import type { Lookup } from './guarded-agent.ts'
import { createOutbound, type Call, type OutboundOptions } from './outbound.ts'

describe('an address that is not public', () => {
  it('is not dialled, however it is written', async () => {
    await using server = await startStub((_, response) => response.end('inside'))
    await using outbound = createOutbound()
    const port = server.host.split(':')[1]

    for (const host of [
      '127.0.0.1',
      '0x7f.1',
      '2130706433',
      '017700000001',
      '[::ffff:127.0.0.1]',
      '[::1]',
      '0.0.0.0',
    ]) {
      assert.equal(await codeOf(outbound.call(`http://${host}:${port}/`)), 'outbound.address_refused', host)
    }
    assert.equal(server.connections(), 0)
  })

  it('is not dialled by a name that resolves to it', async () => {
    await using server = await startStub((_, response) => response.end('inside'))
    await using outbound = createOutbound({ lookup: resolveTo(['127.0.0.1'], ['::1', '10.0.0.1']) })

    for (const name of ['rebind.example.com', 'localhost.']) {
      const url = `http://${name}:${server.host.split(':')[1]}/`
      assert.equal(await codeOf(outbound.call(url)), 'outbound.address_refused')
    }
    assert.equal(server.connections(), 0)
  })

  it('is skipped where the name has an allowed one as well', async () => {
    await using server = await startStub((_, response) => response.end('allowed'))
    const lookup = resolveTo(['10.0.0.1', '127.0.0.1'])
    await using outbound = createOutbound({ allow: '127.0.0.0/8', lookup })

    const { text } = await outbound.call(`http://two.example.com:${server.host.split(':')[1]}/`)

    assert.equal(text, 'allowed')
  })

  it('is not reached by a name that changes its meaning after the first call', async () => {
    await using server = await startStub((_, response) => response.setHeader('connection', 'close').end('x'))
    const lookup = resolveTo(['127.0.0.2'], ['127.0.0.1'])
    await using outbound = createOutbound({ allow: '127.0.0.2', lookup })
    const url = `http://rebind.example.com:${server.host.split(':')[1]}/`

    const codes = [await codeOf(outbound.call(url)), await codeOf(outbound.call(url))]

    assert.deepEqual(codes, ['outbound.connection_failed', 'outbound.address_refused'])
    assert.equal(server.connections(), 0)
  })

  it('is dialled on the allowed port', async () => {
    await using server = await startStub((_, response) => response.end('own'))
    await using outbound = createOutbound({ allow: server.host })

    assert.equal((await outbound.call(server.origin)).text, 'own')
  })
})

describe('a URL', () => {
  for (const url of ['file:///etc/passwd', 'gopher://1.1.1.1/', 'http://user:pass@1.1.1.1/', 'no url']) {
    it(`${url} is refused`, async () => {
      await using outbound = createOutbound()

      assert.equal(await codeOf(outbound.call(url)), 'outbound.url_refused')
    })
  }
})

describe('a redirect', () => {
  it('is followed with method and headers of the standard', async () => {
    await using server = await startStub(({ path }, response) => {
      if (path === '/end') return response.end('here')
      return response.writeHead(path === '/keep' ? 307 : 302, { location: '/end' }).end()
    })
    await using outbound = createOutbound({ allow: server.host })
    const call: Call = { method: 'POST', body: '{}', headers: { authorization: 'Bearer k' } }

    const moved = await outbound.call(`${server.origin}/move`, call)
    await outbound.call(`${server.origin}/keep`, call)

    assert.deepEqual([moved.text, moved.url], ['here', `${server.origin}/end`])
    const ends = server.seen.filter(({ path }) => path === '/end')
    assert.deepEqual(
      ends.map(({ method, body, headers }) => [method, body, headers.authorization]),
      [
        ['GET', '', 'Bearer k'],
        ['POST', '{}', 'Bearer k'],
      ],
    )
  })

  it('takes no key to another origin', async () => {
    await using other = await startStub((_, response) => response.end('other'))
    await using server = await startStub((_, response) => response.writeHead(302, { location: other.origin }).end())
    await using outbound = createOutbound({ allow: `${server.host},${other.host}` })
    const headers = { authorization: 'Bearer k', 'x-api-key': 'k', cookie: 'k', accept: 'text/plain' }

    await outbound.call(server.origin, { headers })

    const [seen] = other.seen
    assert.deepEqual(
      ['authorization', 'x-api-key', 'cookie', 'accept'].map((name) => seen?.headers[name]),
      [undefined, undefined, undefined, 'text/plain'],
    )
  })

  it('takes no body to another origin', async () => {
    await using other = await startStub((_, response) => response.end())
    await using server = await startStub((_, response) => response.writeHead(307, { location: other.origin }).end())
    await using outbound = createOutbound({ allow: `${server.host},${other.host}` })

    const code = await codeOf(outbound.call(server.origin, { method: 'POST', body: 'secret' }))

    assert.deepEqual([code, other.connections()], ['outbound.redirect_refused', 0])
  })

  it('to an address that is not public is refused', async () => {
    await using inside = await startStub((_, response) => response.end())
    await using server = await startStub((_, response) => response.writeHead(302, { location: inside.origin }).end())
    await using outbound = createOutbound({ allow: server.host })

    assert.equal(await codeOf(outbound.call(server.origin)), 'outbound.address_refused')
    assert.equal(inside.connections(), 0)
  })

  it('to another scheme is refused', async () => {
    await using server = await startStub((_, response) => response.writeHead(302, { location: 'file:///etc' }).end())
    await using outbound = createOutbound({ allow: server.host })

    assert.equal(await codeOf(outbound.call(server.origin)), 'outbound.url_refused')
  })

  it('is followed five times, not six', async () => {
    await using server = await startStub(({ path }, response) => {
      const left = Number(path.slice(1))
      return left === 0 ? response.end('end') : response.writeHead(302, { location: `/${left - 1}` }).end()
    })
    await using outbound = createOutbound({ allow: server.host })

    assert.equal((await outbound.call(`${server.origin}/5`)).text, 'end')
    assert.equal(await codeOf(outbound.call(`${server.origin}/6`)), 'outbound.too_many_redirects')
  })
})

describe('an answer', () => {
  it('is ended as soon as it is too large, told before or not', async () => {
    await using server = await startStub(({ path }, response) => {
      if (path === '/told') return response.writeHead(200, { 'content-length': 1e9 }).write('x')
      return setInterval(() => response.write('x'.repeat(10_000)), 1).unref()
    })
    await using outbound = createOutbound({ allow: server.host })

    for (const path of ['told', 'untold']) {
      const call = outbound.call(`${server.origin}/${path}`, { maxBytes: 50_000 })
      assert.equal(await codeOf(call), 'outbound.answer_too_large', path)
    }
  })

  it('is measured as it is unpacked', async () => {
    await using server = await startStub((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5_000_000)))
    })
    await using outbound = createOutbound({ allow: server.host })

    assert.equal(await codeOf(outbound.call(server.origin, { maxBytes: 50_000 })), 'outbound.answer_too_large')
  })

  it('that does not come in time is a passing fault, also within the body', async () => {
    await using server = await startStub(({ path }, response) => {
      if (path === '/body') response.write('begun')
    })
    await using outbound = createOutbound({ allow: server.host })

    for (const path of ['head', 'body']) {
      const failure = await failureOf(outbound.call(`${server.origin}/${path}`, { timeoutMs: 50 }))
      assert.deepEqual([failure.code, failure.kind], ['outbound.timeout', 'transient'], path)
    }
  })

  it('that is cut off is a passing fault', async () => {
    await using server = await startStub(({ path }, response) => {
      if (path === '/body') response.writeHead(200, { 'content-length': 100 }).write('begun')
      setTimeout(() => response.destroy(), 5)
    })
    await using outbound = createOutbound({ allow: server.host })

    for (const path of ['head', 'body']) {
      const failure = await failureOf(outbound.call(`${server.origin}/${path}`))
      assert.deepEqual([failure.code, failure.kind], ['outbound.connection_failed', 'transient'], path)
    }
  })

  it('is not waited for when the caller has given up', async () => {
    await using server = await startStub(() => undefined)
    await using outbound = createOutbound({ allow: server.host })
    const caller = new AbortController()
    setTimeout(() => caller.abort(new Error('The step is cancelled')), 20)

    await assert.rejects(() => outbound.call(server.origin, { signal: caller.signal }), /The step is cancelled/)
  })

  it('of a server that is not there is a passing fault', async () => {
    const gone = await startStub(() => undefined)
    await gone[Symbol.asyncDispose]()
    await using outbound = createOutbound({ allow: gone.host })

    assert.equal(await codeOf(outbound.call(gone.origin)), 'outbound.connection_failed')
  })
})

describe('the fetch for libraries', () => {
  it('is guarded alike', async () => {
    const { fetch, server, ...given } = await openFetch({})
    await using _ = given.outbound
    await using __ = server

    const response = await fetch(`${server.origin}/a`, { method: 'POST', body: 'hello', headers: { 'x-a': '1' } })
    const refused = await codeOf(fetch('http://169.254.169.254/latest/meta-data'))

    assert.deepEqual([response.status, await response.text()], [200, 'POST /a hello 1'])
    assert.equal(refused, 'outbound.address_refused')
  })

  it('ends what is too large while it is read', async () => {
    const { fetch, server, ...given } = await openFetch({ maxBytes: 5 })
    await using _ = given.outbound
    await using __ = server

    const code = await codeOf(fetch(`${server.origin}/a`).then((response) => response.text()))

    assert.equal(code, 'outbound.answer_too_large')
  })
})

async function openFetch(limits: { maxBytes?: number }) {
  const server = await startStub(({ method, path, body, headers }, response) => {
    response.write(`${method} ${path} `)
    response.end(`${body} ${String(headers['x-a'])}`)
  })
  const outbound = open(server)
  return { server, outbound, fetch: outbound.fetchWithin(limits) }
}

const open = (server: StubServer, options: OutboundOptions = {}) => createOutbound({ allow: server.host, ...options })

const failureOf = async (call: Promise<unknown>) =>
  call.then(
    () => assert.fail('It was expected to fail'),
    (error: unknown) => toFailure(error),
  )

const codeOf = async (call: Promise<unknown>) => (await failureOf(call)).code

/** A resolver with an answer for each time that it is asked; the last one stands. */
function resolveTo(...answers: string[][]): Lookup {
  let asked = 0
  return (_name, _options, done) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)]!
    done(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
}
