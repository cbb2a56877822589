import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'

const ROOT = resolve(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const OPERATIONS = read('docs/operations.md')

const all = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, found]) => found ?? '')),
]
const untold = (names: readonly string[]): string[] => names.filter((name) => !OPERATIONS.includes(`\`${name}\``))

/** Text of a section of docs/events.md, by its heading. */
const sectionOf = (text: string, heading: string): string => text.split(`\n${heading}\n`)[1]?.split('\n## ')[0] ?? ''

describe('docs/operations.md', () => {
  it('says what to do for every trouble code', () => {
    const codes = all(sectionOf(read('docs/events.md'), '### Trouble'), /^\| `([a-z._*]+)` \|/gm)

    assert.ok(codes.length > 8)
    assert.deepEqual(untold(codes), [])
  })

  it('says what stands still for every round of the orchestrator', () => {
    const rounds = all(read('services/orchestrator/src/main.ts'), /^ {4}run\('([a-z-]+)'/gm)

    assert.ok(rounds.length > 6)
    assert.deepEqual(untold(rounds.map((round) => `orchestrator.${round}`)), [])
  })

  it('says what to do for every answer that asks to come again', () => {
    const codes = all(read('docs/errors.md'), /^\| `([a-z._]+)` \| (?:429|503) \|/gm)

    assert.ok(codes.length > 3)
    assert.deepEqual(untold(codes), [])
  })

  it('explains every part that readiness names', () => {
    const sources = globSync('{packages,services}/*/src/*.ts', { cwd: ROOT, exclude: ['**/*.test.ts'] })
    const parts = all(sources.map(read).join('\n'), /health\.(?:needs|misses)\(\s*'([a-z ]+)'/g)

    assert.ok(parts.length > 3)
    assert.deepEqual(untold(parts), [])
  })

  it('names metrics that exist, and sections that it has', () => {
    const metrics = all(OPERATIONS, /\b(stageline_[a-z_]+|process_[a-z_]+|nodejs_[a-z0-9_]+)\b/g)
    const events = read('docs/events.md')
    const headings = all(OPERATIONS, /^## (.+)$/gm).map((title) => title.toLowerCase().replaceAll(' ', '-'))

    assert.deepEqual(
      metrics.filter((name) => !events.includes(`\`${name}\``)),
      [],
    )
    assert.deepEqual(
      all(OPERATIONS, /\]\(#([a-z-]+)\)/g).filter((anchor) => !headings.includes(anchor)),
      [],
    )
  })

  it('says of every symptom how to see that it is over', () => {
    const recipes = OPERATIONS.split('\n## ').slice(1)
    const silent = recipes.filter((text) => text.includes('**Seen as:**') && !text.includes('**Over when**'))

    assert.deepEqual(
      silent.map((text) => text.split('\n')[0]),
      [],
    )
  })
})

it('the docs name settings that exist', () => {
  const known = all(read('.env.example'), /^(?:# )?([A-Z_]+)=/gm)
  /** Of commands and tests, not of services. */
  const others = ['STAGELINE_DATABASE_URL_ADMIN', 'STAGELINE_DATA_DIR', 'STAGELINE_URL', 'STAGELINE_API_KEY']

  for (const file of ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: ROOT })]) {
    const named = all(read(file), /\b((?:STAGELINE|WORKFLOW|AUTOMATION|ENABLE)_[A-Z_]+)\b/g)
    assert.deepEqual(
      named.filter((name) => !known.includes(name) && !others.includes(name)),
      [],
      file,
    )
  }
})
