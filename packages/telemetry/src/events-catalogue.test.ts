import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { ATTRIBUTES, LINES, METRICS } from './names.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const page = readFileSync(`${repository}docs/events.md`, 'utf8')

test('docs/events.md lists the lines of this package with their levels and fields', () => {
  const documented = rows('Lines about the work').map(([msg, level, fields]) => ({ msg, level, fields }))

  const written = Object.values(LINES).map(({ message, level, fields }) => ({
    msg: `\`${message}\``,
    level,
    fields: list(fields),
  }))
  assert.deepEqual(documented, written)
})

test('docs/events.md lists the metrics with their kinds, labels, meanings and buckets', () => {
  const documented = rows('Metrics')

  const metrics = Object.entries(METRICS)
  const families = metrics.map(([name, { kind, labels, help }]) => [`\`${name}\``, kind, list(labels), help])
  const buckets = metrics.flatMap(([name, metric]) =>
    'buckets' in metric ? [[`\`${name}\``, metric.buckets.join(', ')]] : [],
  )
  assert.deepEqual(documented, [...families, ...buckets])
})

test('docs/events.md lists the attributes of spans', () => {
  const documented = rows('Spans').flatMap(([name]) => (name?.match(/^`[a-z_.]+`$/) ? [name.slice(1, -1)] : []))

  assert.deepEqual(documented.toSorted(), Object.values<string>(ATTRIBUTES).toSorted())
})

test('docs/events.md lists the lines that services and other packages write, with their levels', () => {
  const documented = rows('Lines of the services').map(([msg, level]) => `${level} ${msg?.slice(1, -1)}`)

  const written = inSources(/\b(?:logger|log)\s*\.(fatal|error|warn|info|debug)\(\s*\{.*?\},\s*'([^']+)',?\s*\)/gs)
  assert.deepEqual(documented.toSorted(), unique(written.map(([, level, message]) => `${level} ${message}`)))
})

test('docs/events.md lists the codes of trouble', () => {
  const documented = rows('Trouble').map(([code]) => code!.slice(1, -1))

  const told = inSources(/\btrouble\(\s*['`]([^'`]+)['`]/g).map(([, code]) => code!.replace(/\$\{.*\}/, '*'))
  const families = documented.filter((code) => code.endsWith('*'))
  const known = told.map((code) => families.find((family) => code.startsWith(family.slice(0, -1))) ?? code)
  assert.deepEqual(documented.toSorted(), unique(known))
})

/** The rows of all tables between a heading and the next one, cell by cell. */
function rows(heading: string): string[][] {
  const [, after = ''] = page.split(new RegExp(`^#+ ${heading}$`, 'm'))
  const table = after.split(/^#/m)[0]!.split('\n')
  const isBody = (line: string, at: number) => line.startsWith('| ') && !table[at + 1]?.startsWith('|---')
  return table.filter(isBody).map((line) => line.slice(2, -2).split(' | '))
}

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ') || '–'

const unique = (items: string[]): string[] => [...new Set(items)].toSorted()

function inSources(pattern: RegExp): RegExpMatchArray[] {
  const files = globSync('{packages,services}/*/src/**/*.ts', { cwd: repository })
  const sources = files.filter((file) => !/\.test\.ts$|\/testing\//.test(file))
  assert.ok(sources.length > 50)
  return sources.flatMap((file) => [...readFileSync(`${repository}${file}`, 'utf8').matchAll(pattern)])
}
