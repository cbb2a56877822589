import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createOpenApi } from '../../openapi/create-openapi.ts'
import { OPERATIONS } from '../../routes.ts'
import { EVENTS_OF } from '../triggers/triggers.ts'

const PAGE = readFileSync(new URL('../../../../../docs/history.md', import.meta.url), 'utf8')
const SCHEMAS = createOpenApi(OPERATIONS).components?.schemas ?? {}

type Schema = { type?: string | string[]; anyOf?: Schema[]; items?: Schema; enum?: string[]; properties?: object }

const sectionOf = (heading: string): string => PAGE.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''

/** Name and type of each member that a table of the section lists. */
const listedIn = (section: string): [string, string][] =>
  [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$/gm)].map(([, name, type]) => [name!, type!])

const membersOf = (name: string): [string, string][] =>
  Object.entries(Object(SCHEMAS[name]).properties as Record<string, Schema>).map(([member, schema]) => [
    member,
    typeOf(schema),
  ])

function typeOf({ type, anyOf, items, enum: values }: Schema): string {
  if (anyOf) return anyOf.map(typeOf).join(' or ')
  if (Array.isArray(type)) return type.join(' or ')
  if (type === 'array') return `list of ${typeOf(items ?? {})}`
  return type ?? (values ? 'string' : 'any')
}

describe('docs/history.md', () => {
  it('lists every event of jobs, tasks and plans, and no other', () => {
    const listed = [...PAGE.matchAll(/^\| `((?:job|task|plan)\.[a-z_]+)` \|/gm)].map(([, name]) => name)

    assert.deepEqual(
      listed,
      Object.entries(EVENTS_OF).flatMap(([subject, events]) => events.map((event) => `${subject}.${event}`)),
    )
  })

  it('lists the members of an entry with their types', () => {
    assert.deepEqual(listedIn(sectionOf('Jobs')), membersOf('HistoryEntry'))
    assert.deepEqual(listedIn(sectionOf('Plans')), membersOf('DeskEntry'))
  })

  it('lists what a line has besides', () => {
    const entry = new Set(membersOf('HistoryEntry').map(([name]) => name))
    const line = membersOf('EventLine')

    assert.deepEqual(
      listedIn(sectionOf('Lines for analysis')),
      line.filter(([name]) => !entry.has(name)),
    )
    assert.deepEqual(
      [...entry].filter((name) => !line.some(([other]) => other === name)),
      ['data'],
    )
  })
})
