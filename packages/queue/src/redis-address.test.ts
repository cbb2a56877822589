import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseRedisUrl } from './redis-address.ts'

describe('a REDIS_URL', () => {
  const good: [string, object][] = [
    ['redis://localhost', { kind: 'single', host: 'localhost', port: 6379, db: 0, tls: false }],
    [
      'rediss://app:p%40ss%3a@10.0.0.1:7000/2',
      { kind: 'single', host: '10.0.0.1', port: 7000, db: 2, username: 'app', password: 'p@ss:', tls: true },
    ],
    ['redis://:secret@[::1]:6380', { kind: 'single', host: '::1', port: 6380, db: 0, password: 'secret', tls: false }],
    [
      'redis+sentinel://app:pw@s1,s2:26380/mymaster?db=3&sentinelUsername=watch&sentinelPassword=w%2Bd',
      {
        kind: 'sentinel',
        sentinels: [
          { host: 's1', port: 26379 },
          { host: 's2', port: 26380 },
        ],
        primary: 'mymaster',
        db: 3,
        sentinelUsername: 'watch',
        sentinelPassword: 'w+d',
        username: 'app',
        password: 'pw',
        tls: false,
      },
    ],
    [
      'rediss+cluster://c1:7000,[fd00::2]:7001',
      {
        kind: 'cluster',
        nodes: [
          { host: 'c1', port: 7000 },
          { host: 'fd00::2', port: 7001 },
        ],
        tls: true,
      },
    ],
  ]
  for (const [url, address] of good)
    it(`${url.split(':')[0]} … is read whole`, () => assert.deepEqual(parseRedisUrl(url), address))

  const bad: [string, RegExp][] = [
    ['mysql://h', /is not an address such as redis:\/\//],
    ['redis://', /is not an address/],
    ['redis://h1:1,h2:2', /several hosts: write redis\+sentinel:/],
    ['redis://h:99999', /has a host that cannot be one/],
    ['redis+cluster://h1:1,h2:x', /has a host that cannot be one: write redis\+cluster:/],
    ['redis://h/first', /a database that is not a number/],
    ['redis://u:100%hunter2@h', /not percent-encoded/],
    ['redis+sentinel://s1:26379', /under which name the sentinels know the primary/],
    ['redis+cluster://h:7000/1', /a cluster has only one/],
  ]
  for (const [url, problem] of bad)
    it(`such as ${url} is refused with how it is written, and without its password`, () => {
      assert.throws(
        () => parseRedisUrl(url),
        (error: Error) => problem.test(error.message) && !error.message.includes('hunter2'),
      )
    })
})
