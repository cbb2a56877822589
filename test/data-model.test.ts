import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { it } from 'node:test'

const ROOT = resolve(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

const PAGE = read('docs/data-model.md')
const MIGRATIONS = globSync('packages/store/migrations/*.sql', { cwd: ROOT }).toSorted().map(read).join('\n')

/** Names that the migrations make and none of them drops. */
function made(what: string): string[] {
  const names = (verb: string) =>
    [...MIGRATIONS.matchAll(new RegExp(`^${verb} ${what}(?: IF (?:NOT )?EXISTS)? (\\w+)`, 'gm'))].map(
      ([, name]) => name!,
    )
  const dropped = names('DROP')
  return [...new Set(names('CREATE(?: UNIQUE)?(?: OR REPLACE)?'))].filter((name) => !dropped.includes(name))
}

it('docs/data-model.md has every table once, and no other', () => {
  const rows = [...PAGE.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, cell]) => cell!.split(', '))

  assert.ok(rows.length > 30)
  assert.deepEqual(
    rows.toSorted(),
    made('TABLE')
      .map((name) => `\`${name}\``)
      .toSorted(),
  )
})

it('docs/data-model.md names every index and view', () => {
  const names = [...made('INDEX'), ...made('VIEW')]

  assert.ok(names.length > 30)
  assert.deepEqual(
    names.filter((name) => !PAGE.includes(`\`${name}\``)),
    [],
  )
})
