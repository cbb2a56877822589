import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { COMMANDS } from './commands/commands.ts'
import { createProgram, type Asked } from './program.ts'

const DOCS = ['docs/cli.md', 'README.md'].map((page) => join(import.meta.dirname, '../../..', page))

/** Parses as the command does, but runs nothing. */
async function parse(args: readonly string[]) {
  let said = ''
  let chosen: (Asked & { name: string }) | undefined
  const say = (text: string) => void (said += text)
  const program = createProgram(async ({ name }, asked) => void (chosen = { name, ...asked }), {
    out: say,
    err: say,
    width: 80,
  })
  const fault = await program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (error: Error) => error,
  )
  return { said, chosen, fault }
}

/** The words of a line as a shell gives them, from `stageline` on. */
function wordsOf(line: string): string[] {
  const [, own = ''] = /\bstageline (.*)$/.exec(line) ?? []
  return [...own.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare)
}

describe('the help of every command', () => {
  it('there are as many as are promised', () => {
    assert.equal(COMMANDS.length, 28)
  })

  for (const { name, examples, summary } of COMMANDS) {
    it(`${name}: says what it does, with examples that it takes`, async () => {
      const { said } = await parse([...name.split(' '), '--help'])

      assert.ok(said.includes(summary.split(' ').slice(0, 4).join(' ')), said)
      assert.ok(examples.length > 0)
      for (const { does, line } of examples) {
        assert.ok(said.includes(`  ${does}:\n    ${line}\n`), said)
        const { chosen, fault } = await parse(wordsOf(line))
        assert.equal(fault, undefined, `${line}: ${fault?.message}`)
        assert.equal(chosen?.name, name, line)
      }
    })
  }

  it('lists exit codes and environment, and fits 80 columns', async () => {
    const { said } = await parse(['--help'])

    assert.match(said, /STAGELINE_API_KEY[^]*Exit codes:\n {2}0 [^]*\n {2}130 /)
    assert.deepEqual(
      said.split('\n').filter((line) => line.length > 80),
      [],
    )
  })
})

describe('the pages about the command', () => {
  for (const page of DOCS) {
    it(`${page.split('/').at(-1)}: every line that calls it is one that it takes`, async () => {
      const lines = [...readFileSync(page, 'utf8').matchAll(/^ *(?:.* \| )?(?:npx )?(stageline [a-z].*)$/gm)]
      const calls = lines.map(([, line = '']) => line.replace(/ +(?:#|>).*$/, ''))

      assert.ok(calls.length > 3)
      for (const line of calls) {
        const { fault } = await parse(wordsOf(line))
        assert.equal(fault, undefined, `${line}: ${fault?.message}`)
      }
    })
  }

  it('docs/cli.md names every command', () => {
    const text = readFileSync(DOCS[0]!, 'utf8')

    assert.deepEqual(
      COMMANDS.filter(({ name }) => !text.includes(`\`${name}`)).map(({ name }) => name),
      [],
    )
  })
})

describe('the command line', () => {
  it('takes what holds for all before and after the command, apart from its own options', async () => {
    for (const args of [
      ['--json', '--url', 'http://h', 'pending', '--limit', '3'],
      ['pending', '--limit', '3', '--url', 'http://h', '--json'],
    ]) {
      const { chosen } = await parse(args)
      assert.deepEqual(chosen?.options, { limit: 3 })
      assert.deepEqual([chosen?.globals.url, chosen?.globals.json], ['http://h', true])
    }
  })

  it('refuses what it does not know, and what contradicts itself', async () => {
    const wrong = [
      ['pending', '--priority', 'urgent'],
      ['pending', '--limit', '0'],
      ['run', 'parts.csv', '--priority-threshold', '70'],
      ['run', 'parts.csv', '--force-manual', '--force-automation'],
      ['run', '--source', 'parts', '--limit', '0'],
      ['tasks', 'resolve', 'id', 'maybe'],
      ['jobs', 'suspend', 'id'],
      ['status'],
      ['status', 'one', 'two'],
    ]

    for (const args of wrong) {
      const { fault, said, chosen } = await parse(args)
      assert.ok(fault, args.join(' '))
      assert.match(said, /^stageline: [^]*--help shows what there is/)
      assert.equal(chosen, undefined)
    }
  })
})
