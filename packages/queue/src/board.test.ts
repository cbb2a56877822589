import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

/** Tells which libraries the package brings into a process. */
const PROGRAM = `
  import { registerHooks } from 'node:module'
  const found = new Set()
  registerHooks({
    load: (url, context, next) => {
      const [, library] = url.match(/.*[/]node_modules[/]((?:@[^/]+[/])?[^/.][^/]*)[/]/) ?? []
      if (library) found.add(library)
      return next(url, context)
    },
  })
  await import(process.argv[1])
  console.log(JSON.stringify([...found]))`

test('a process whose board nobody looks at does without its libraries', async () => {
  const index = new URL('index.ts', import.meta.url).href
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM, index])
  const libraries = JSON.parse(stdout) as string[]

  assert.ok(libraries.includes('bullmq'))
  assert.deepEqual(
    libraries.filter((name) => name === 'express' || name.startsWith('@bull-board/')),
    [],
  )
})
