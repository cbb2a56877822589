import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'

const ROOT = resolve(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

const STATES = ['done', 'part', 'missing', 'screen', 'later']
const GROUPS = ['DEC', 'INT', 'BAT', 'RVW', 'SLA', 'TRG', 'NTF', 'AUD', 'HUM', 'FLW', 'DAT', 'OBS']
/** The sheet on which the capabilities were planned lies beside some checkouts only. */
const SHEET = join(ROOT, '../shared/FEATURES.md')

type Row = { id: string; state: string; why: string; checks: Check[] }
/** A test file with titles of its tests, or a command with none. */
type Check = { by: string; titles: string[] }

const idsIn = (text: string): string[] =>
  [...text.matchAll(new RegExp(`^\\| ((?:${GROUPS.join('|')})-\\d+) \\|`, 'gm'))].map(([, id]) => id!)

const PAGE = read('docs/features.md')
const ROWS = PAGE.split('\n').flatMap(rowOf)

function rowOf(line: string): Row[] {
  const [id = '', , state = '', checkedBy = ''] = line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
  if (!/^(?:[A-Z]{3}-\d+|`[A-Z]+ \/.+`)$/.test(id)) return []
  const [, word = '', why = ''] = /^`(\w+)`(?:: (.+))?$/.exec(state) ?? []
  const checks = [...checkedBy.matchAll(/`([^`]+)`([^`]*)/g)].map(([, by, rest]) => ({
    by: by!,
    titles: [...rest!.matchAll(/“([^”]+)”/g)].map(([, title]) => title!),
  }))
  return [{ id, state: word, why, checks }]
}

/** Titles are text in quotes of any kind; what fills one that is made of parts is `…` on the page. */
function hasTitle(source: string, title: string): boolean {
  const parts = title.split('…').map((part) => RegExp.escape(part))
  return new RegExp(`(['"\`])${parts.join(String.raw`(?:…|\$\{.+?\})`)}\\1`).test(source)
}

const SCRIPTS = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts)

function faultsOf({ by, titles }: Check): string[] {
  const [, script] = /^pnpm ([\w:-]+)/.exec(by) ?? []
  if (script !== undefined) return SCRIPTS.includes(script) ? [] : [`there is no ${by}`]
  if (!existsSync(join(ROOT, by))) return [`there is no ${by}`]
  if (titles.length === 0) return [`${by} without a title`]
  const source = read(by)
  return titles.filter((title) => !hasTitle(source, title)).map((title) => `${by} has no “${title}”`)
}

describe('docs/features.md', () => {
  it('has each row once, in a state that there is', () => {
    const ids = ROWS.map(({ id }) => id)

    assert.ok(ids.length > 150, `${ids.length} rows`)
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    )
    assert.deepEqual(
      ROWS.filter(({ state }) => !STATES.includes(state)).map(({ id }) => id),
      [],
    )
  })

  it('names tests that exist', () => {
    const faults = ROWS.flatMap(({ id, checks }) => checks.flatMap(faultsOf).map((fault) => `${id}: ${fault}`))

    assert.deepEqual(faults, [])
  })

  it('says what checks that which is done, and what is missing in parts', () => {
    const unchecked = ROWS.filter(({ state, checks }) => state === 'done' && checks.length === 0)
    const unexplained = ROWS.filter(({ state, why }) => state === 'part' && why === '')

    assert.deepEqual(
      [...unchecked, ...unexplained].map(({ id }) => id),
      [],
    )
  })

  it('has a row for each address of the systems before', () => {
    const addresses = [...read('docs/aliases.md').matchAll(/^\| (`[A-Z]+ \/\S+`) \|/gm)].map(([, address]) => address!)
    const rows = ROWS.map(({ id }) => id).filter((id) => id.startsWith('`'))

    assert.ok(addresses.length > 30)
    assert.deepEqual(rows.toSorted(), addresses.toSorted())
  })

  const skip = existsSync(SHEET) ? false : `leaves open whether a row is missing: there is no ${SHEET}`
  it('leaves out no row of its groups', { skip }, () => {
    const planned = idsIn(readFileSync(SHEET, 'utf8'))

    assert.ok(planned.length > 100)
    assert.deepEqual(idsIn(PAGE).toSorted(), [...new Set(planned)].toSorted())
  })
})

it('a title is looked for as a whole, and what fills it may be anything', () => {
  const source = "it('is done', f)\nit(`${name} is ${a ? 'b' : 'c'} here`, f)\nit(\"one's own\", f)"

  assert.deepEqual(
    ['is done', 'done', '… is … here', '… is … there', "one's own", 'is never done'].map((title) =>
      hasTitle(source, title),
    ),
    [true, false, true, false, true, false],
  )
})
