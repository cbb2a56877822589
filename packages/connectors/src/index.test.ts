import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

/** Tells which libraries the package brings into a process that makes its way out and does not use it. */
const PROGRAM = `
  import { registerHooks } from 'node:module'
  const found = new Set()
  registerHooks({
    load: (url, context, next) => {
      const [, library] = url.match(/.*[/]node_modules[/]([^/.][^/]*)[/]/) ?? []
      if (library) found.add(library)
      return next(url, context)
    },
  })
  const { createOutbound, createMailer, createTargetCheck } = await import(process.argv[1])
  await using outbound = createOutbound()
  createTargetCheck()
  createMailer({ SMTP_URL: 'smtp://mail', ALERT_MAIL_TO: 'ann@example.com', ALERT_MAIL_FROM: 'line@example.com' })
  console.log(JSON.stringify([...found]))`

test('who neither calls nor writes does without the libraries for it', async () => {
  const index = new URL('index.ts', import.meta.url).href
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM, index])
  const libraries = JSON.parse(stdout) as string[]

  assert.ok(libraries.includes('zod'))
  assert.deepEqual(
    libraries.filter((name) => ['undici', 'nodemailer', 'ai', 'node-api'].includes(name)),
    [],
  )
})
