import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readSettings } from './read-settings.ts'

function show(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'show.ts'), ...args], {
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr, lineOf: (name: string) => stdout.split('\n').find((line) => line.includes(name)) }
}

describe('settings as they are shown', () => {
  it('are all that services have, with value, origin and default', () => {
    const { status, stdout, lineOf } = show([], { WORKFLOW_MAX_RETRIES: '5', LOG_LEVEL: '' })

    assert.equal(status, 0)
    const names = readSettings().flatMap(({ settings }) => settings.map(({ name }) => name))
    assert.deepEqual(
      names.filter((name) => !stdout.includes(`  ${name} `)),
      [],
    )
    assert.match(lineOf('WORKFLOW_MAX_RETRIES') ?? '', / 5 {2}\(environment, default 3\)$/)
    assert.match(lineOf('LOG_LEVEL') ?? '', / info {2}\(default\)$/)
    assert.match(lineOf('WORKFLOW_NUM_WORKERS') ?? '', / – {2}\(not set\)$/)
  })

  it('keep secrets to themselves, wrong ones too', () => {
    const given = { DATABASE_URL: 'mysql://u:hunter2@h/d', STAGELINE_SESSION_SECRET: 'hunter2' }
    const plain = show([], given)
    const json = show(['--json'], given)

    assert.equal(plain.status, 2)
    for (const { stdout, stderr } of [plain, json]) assert.doesNotMatch(stdout + stderr, /hunter2/)
    assert.match(plain.lineOf('DATABASE_URL') ?? '', /\(not shown\)/)
  })

  it('say which are not usable', () => {
    const { status, stdout } = show(['--only', 'locking'], { ENABLE_DISTRIBUTED_LOCKING: 'false' })

    assert.equal(status, 2)
    assert.match(
      stdout,
      /ENABLE_DISTRIBUTED_LOCKING {2}false.*\n +not usable: Expected true: locking cannot be switched off/,
    )
  })

  it('become a retry plan', () => {
    assert.equal(
      show(['--retry-plan']).stdout.split('\n')[0],
      'any workflow, unknown error: tried again after 60, 120, 240 s, each plus 0 to 20 %',
    )
    const { stdout } = show(['--retry-plan', '--json'], {
      WORKFLOW_RETRY_BACKOFF: '30',
      AUTOMATION_RETRY_ATTEMPTS: '2',
    })
    assert.deepEqual(
      (JSON.parse(stdout) as { workflow: string; delaysS: number[] }[]).map(({ workflow, delaysS }) => [
        workflow,
        ...delaysS,
      ]),
      [
        ['any', 30, 60, 120],
        ['any', 30, 60, 120],
        ['part', 30],
        ['part', 30],
      ],
    )
    assert.equal(show(['--retry-plan'], { WORKFLOW_MAX_RETRIES: '-1' }).status, 2)
  })

  it('come with help, and an unknown option is told', () => {
    assert.match(show(['--help']).stdout, /WORKFLOW_MAX_RETRIES=5 pnpm settings --retry-plan/)
    const unknown = show(['--colour'])
    assert.deepEqual([unknown.status, /--colour/.test(unknown.stderr)], [2, true])
  })
})
