import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RateLimited, toFailure } from '@stageline/domain'
import { errorOfStatus, expectOk, parseRetryAfter } from './expect-ok.ts'

const NOW = new Date('2026-11-20T10:00:00Z')

const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
  url: 'https://api.example.com/v1?key=hush',
  text: '',
})

describe('the status of an answer', () => {
  const kinds: [status: number, headers: Record<string, string>, code: string, kind: string][] = [
    [429, {}, 'outbound.rate_limited', 'rate_limited'],
    [503, { 'retry-after': '3' }, 'outbound.rate_limited', 'rate_limited'],
    [503, {}, 'outbound.server_error', 'transient'],
    [500, {}, 'outbound.server_error', 'transient'],
    [408, {}, 'outbound.server_error', 'transient'],
    [401, {}, 'outbound.unauthorized', 'system'],
    [402, {}, 'outbound.unauthorized', 'system'],
    [403, {}, 'outbound.unauthorized', 'system'],
    [400, {}, 'outbound.request_refused', 'data'],
    [404, {}, 'outbound.request_refused', 'data'],
    [304, {}, 'outbound.request_refused', 'data'],
  ]
  for (const [status, headers, code, kind] of kinds) {
    it(`${status} ${JSON.stringify(headers)} is ${kind}`, () => {
      const failure = toFailure(errorOfStatus(answer(status, headers), NOW))

      assert.deepEqual([failure.code, failure.kind], [code, kind])
      assert.doesNotMatch(failure.message, /hush/)
    })
  }

  it('of success passes', () => {
    assert.equal(expectOk(answer(204), NOW).status, 204)
    assert.throws(() => expectOk(answer(500), NOW))
  })

  it('tells how long to wait', () => {
    const error = errorOfStatus(answer(429, { 'retry-after': '7' }), NOW)

    assert.equal(error instanceof RateLimited && error.retryAfterMs, 7_000)
  })
})

describe('Retry-After', () => {
  const given: [headers: Record<string, string>, ms: number | undefined][] = [
    [{ 'retry-after': '120' }, 120_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': '99999999' }, 86_400_000],
    [{ 'retry-after-ms': '250.4', 'retry-after': '1' }, 251],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ]
  for (const [headers, ms] of given) {
    it(`${JSON.stringify(headers)} is ${ms} ms`, () => {
      assert.equal(parseRetryAfter(new Headers(headers), NOW), ms)
    })
  }
})
