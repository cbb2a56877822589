import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOutbound } from '../http/outbound.ts'
import { sendJson, startStub } from '../testing/stub-server.ts'
import { httpLookUp } from './http-look-up.ts'
import { LookUpSettings } from './look-up-settings.ts'
import { valueAt } from './read-json.ts'
import { fillTemplate, isUrlTemplate } from './url-template.ts'

const context = { signal: new AbortController().signal, idempotencyKey: 'k', now: new Date('2026-11-20T10:00:00Z') }

describe('an own look-up', () => {
  it('is asked with encoded values, and its JSON becomes a row', async () => {
    await using server = await startStub((_, response) =>
      sendJson(response, {
        mpn: 'A/1',
        maker: { name: ' Fictive ' },
        packages: [{ code: 'SOT-23' }],
        pins: 3,
        none: null,
      }),
    )
    await using outbound = createOutbound({ allow: server.host })
    const fields = 'key=/mpn,manufacturer=/maker/name,package=/packages/0/code,pins=/pins,value=/none'
    const lookUp = open(outbound, {
      HTTP_LOOKUP_URL: `${server.origin}/v1/{key}?by={manufacturer}`,
      HTTP_LOOKUP_FIELDS: fields,
    })

    const found = await lookUp.find({ kind: 'part', key: 'A/1 ?' }, { manufacturer: 'R&D' }, context)

    assert.deepEqual(found, [
      {
        item: {
          kind: 'part',
          key: 'A/1',
          name: 'A/1',
          attributes: { manufacturer: 'Fictive', package: 'SOT-23', pins: 3 },
        },
        url: `${server.origin}/v1/A%2F1%20%3F`,
      },
    ])
    const [seen] = server.seen
    assert.equal(seen!.path, '/v1/A%2F1%20%3F?by=R%26D')
    assert.equal(seen!.headers.authorization, 'Bearer hush')
  })

  it('knows nothing where it answers 404 or a variable has no value', async () => {
    await using server = await startStub((_, response) => sendJson(response, {}, 404))
    await using outbound = createOutbound({ allow: server.host })
    const lookUp = open(outbound, { HTTP_LOOKUP_URL: `${server.origin}/{mpn}`, HTTP_LOOKUP_FIELDS: 'name=/n' })

    assert.deepEqual(await lookUp.find({ kind: 'part', key: 'A1' }, { mpn: 'A1' }, context), [])
    assert.deepEqual(await lookUp.find({ kind: 'part', key: 'A1' }, {}, context), [])
    assert.equal(server.seen.length, 1)
  })

  it('is left out without settings', () => {
    assert.equal(httpLookUp(LookUpSettings.parse({}), createOutbound()), undefined)
  })
})

describe('a URL template', () => {
  const given: [template: string, isFit: boolean][] = [
    ['https://a.example/{mpn}', true],
    ['http://a.example:8080/x?q={key}', true],
    ['https://{host}/x', false],
    ['https://a.example{mpn}/', false],
    ['https://user@a.example/{mpn}', false],
    ['ftp://a.example/{mpn}', false],
    ['https://a.example/{mpn', false],
  ]
  for (const [template, isFit] of given) {
    it(`${template} is ${isFit ? '' : 'not '}one`, () => assert.equal(isUrlTemplate(template), isFit))
  }

  it('keeps values where they stand', () => {
    const filled = (mpn: string) => fillTemplate('https://a.example/p/{mpn}', { mpn })?.href

    assert.equal(filled('../../admin?x#y@z'), 'https://a.example/p/..%2F..%2Fadmin%3Fx%23y%40z')
    for (const none of ['..', '.', '', '  ']) assert.equal(filled(none), undefined)
  })
})

it('a JSON pointer leads through objects and lists, and not to what they inherit', () => {
  const tree = { 'a/b': [{ 'c~d': 1 }] }

  assert.equal(valueAt(tree, '/a~1b/0/c~0d'), 1)
  assert.deepEqual(
    [valueAt(tree, '/constructor'), valueAt(tree, '/a~1b/7/x'), valueAt(null, '/x')],
    [undefined, undefined, undefined],
  )
})

const open = (outbound: Parameters<typeof httpLookUp>[1], settings: Record<string, string>) =>
  httpLookUp(LookUpSettings.parse({ HTTP_LOOKUP_TOKEN: 'hush', ...settings }), outbound)!
