import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { it } from 'node:test'

const ROOT = resolve(import.meta.dirname, '..')
const SOURCES = globSync('{packages,services}/*/src/**/*.ts', {
  cwd: ROOT,
  exclude: ['**/*.test.ts', '**/testing/**', 'packages/testkit/**'],
})

/** Where a code is made: an error class, a failure, a refusal, or the table of the gateway's answers. */
const MADE = [
  /(?:DataError|TransientError|SystemError|RateLimited|StagelineError)\(\s*(?:'[a-z_]+',\s*)?'([a-z]+\.[a-z_]+)'/g,
  /\b(?:refuse|unreadable|fail|sourceFault)\(\s*'([a-z]+\.[a-z_]+)'/g,
  /\bcode: (?:[a-z]+ \? )?'([a-z]+\.[a-z_]+)'/g,
  /\bcode: [a-z]+ \? '[a-z.]+' : '([a-z]+\.[a-z_]+)'/g,
  /parse\([^)]*?'(stage\.[a-z_]+)'/g,
  /^ {2}'([a-z]+\.[a-z_]+)': problem\(/gm,
]

const madeCodes = (): Map<string, string> =>
  new Map(
    SOURCES.flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8')
      return MADE.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => [code!, file] as const))
    }),
  )

const documentedCodes = (): Set<string> =>
  new Set(
    [...readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').matchAll(/^\| `([a-z]+\.[a-z_]+)`/gm)].map(
      ([, code]) => code!,
    ),
  )

it('every code that is made is documented', () => {
  const documented = documentedCodes()

  assert.deepEqual(
    [...madeCodes()].filter(([code]) => !documented.has(code)),
    [],
  )
})

it('every code that is documented is made somewhere', () => {
  const sources = SOURCES.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n')

  assert.deepEqual(
    [...documentedCodes()].filter((code) => !sources.includes(`'${code}'`)),
    [],
  )
})
