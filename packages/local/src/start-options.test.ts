import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { HELP_FILE, parseStartOptions, UsageError } from './start-options.ts'

const around = { cwd: '/home/somebody', samples: '/checkout/examples/samples' }

test('without options the samples of the repository are submitted and the port is open', () => {
  assert.deepEqual(parseStartOptions([], around), {
    fresh: false,
    samples: '/checkout/examples/samples',
    once: false,
    port: undefined,
    help: false,
  })
})

test('a folder of samples is meant relative to where it was typed', () => {
  assert.equal(parseStartOptions(['--samples', 'invoices'], around).samples, '/home/somebody/invoices')
})

test('no samples wins over a folder of samples', () => {
  assert.equal(parseStartOptions(['--no-samples', '--samples', 'x'], around).samples, undefined)
})

test('what the help does not list is refused by name', () => {
  assert.throws(
    () => parseStartOptions(['--frehs'], around),
    (error: unknown) => error instanceof UsageError && /--frehs/.test(error.message),
  )
})

for (const port of ['0', '65536', '80x', '-1', '']) {
  test(`a port of "${port}" is refused`, () => {
    assert.throws(() => parseStartOptions([`--port=${port}`], around), UsageError)
  })
}

test('the help names every option and fits a narrow screen', () => {
  const help = readFileSync(HELP_FILE, 'utf8')
  for (const option of Object.keys(parseStartOptions([], around)).map((name) => `--${name}`)) {
    assert.ok(help.includes(option), option)
  }
  assert.deepEqual(
    help.split('\n').filter((line) => line.length > 80),
    [],
  )
})
