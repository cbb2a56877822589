import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findViolations } from './src/boundaries.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

test('no package of this repository uses what it may not', () => {
  assert.deepEqual(findViolations(ROOT), [])
})

test('a forbidden dependency is found where it is declared and where it is imported', () => {
  using folder = plant({ dependencies: ['bullmq'], source: use('bullmq') })

  assert.deepEqual(findViolations(folder.path), [
    'services/scoring/package.json depends on bullmq, which services/scoring may not use',
    'services/scoring/src/stage.ts imports bullmq: services/scoring may not use it',
  ])
})

test('an import that is not declared is found', () => {
  using folder = plant({ dependencies: [], source: use('zod') })

  assert.deepEqual(findViolations(folder.path), [
    'services/scoring/src/stage.ts imports zod: services/scoring/package.json does not declare it',
  ])
})

test('a development dependency serves tests only', () => {
  using inSource = plant({ devDependencies: ['zod'], source: use('zod') })
  using inTest = plant({ devDependencies: ['zod'], source: use('zod'), file: 'stage.test.ts' })

  assert.equal(findViolations(inSource.path).length, 1)
  assert.deepEqual(findViolations(inTest.path), [])
})

test('a service that reaches into another service is found', () => {
  using folder = plant({ source: use('../../gateway/src/main.ts') })

  assert.deepEqual(findViolations(folder.path), [
    'services/scoring/src/stage.ts imports ../../gateway/src/main.ts: it lies outside of the package',
  ])
})

test('a deep import is found', () => {
  using folder = plant({ dependencies: ['@stageline/domain'], source: use('@stageline/domain/src/states.ts') })

  assert.match(findViolations(folder.path).join(), /domain\/src\/states\.ts: that package does not export it/)
})

test('what is made for tests is found outside of tests', () => {
  const given = { dependencies: ['@stageline/domain'], source: use('@stageline/domain/testing') }
  using inSource = plant(given)
  using inTest = plant({ ...given, file: 'stage.test.ts' })

  assert.match(findViolations(inSource.path).join(), /domain\/testing: tests only may use it/)
  assert.deepEqual(findViolations(inTest.path), [])
})

type Planted = { dependencies?: string[]; devDependencies?: string[]; source: string; file?: string }

const use = (specifier: string): string => `import { x } from '${specifier}'\n`

/** A checkout with the scoring service and the domain package, no more. */
function plant({ dependencies = [], devDependencies = [], source, file = 'stage.ts' }: Planted) {
  const path = mkdtempSync(join(tmpdir(), 'stageline-boundaries-'))
  const asVersions = (names: string[]) => Object.fromEntries(names.map((name) => [name, '*']))
  write(join(path, 'services/scoring/package.json'), {
    name: '@stageline/service-scoring',
    dependencies: asVersions(dependencies),
    devDependencies: asVersions(devDependencies),
  })
  write(join(path, 'packages/domain/package.json'), {
    name: '@stageline/domain',
    exports: { '.': './src/index.ts', './testing': './src/testing/index.ts' },
  })
  write(join(path, 'services/scoring/src', file), source)
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

function write(file: string, content: string | object): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}
