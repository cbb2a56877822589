import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../../..')
const MIGRATIONS = 'packages/store/migrations'
const UNPACK_WITHIN_MS = 60_000

export type EarlierCheckout = AsyncDisposable & { root: string; commit: string }

/**
 * The files of an earlier commit in a folder of their own, not installed: of `revision`, or of the last commit before the
 * newest migration was added, so that its schema is one behind.
 *
 * @returns a sentence that says why there is none: no history, or not enough of it.
 */
export async function checkOutEarlier(revision: string | undefined): Promise<EarlierCheckout | string> {
  const commit = revision ?? (await beforeNewestMigration())
  if (commit === undefined) return 'this is no checkout of git, or too shallow a one to hold an earlier commit'
  const root = await mkdtemp(join(tmpdir(), 'stageline-earlier-'))
  const dispose = () => rm(root, { recursive: true, force: true })
  try {
    await git('archive', '--output', join(root, 'files.tar'), commit)
    await run('tar', ['-xf', 'files.tar'], { cwd: root, timeout: UNPACK_WITHIN_MS })
    return { root, commit, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    return `commit ${commit} cannot be had: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function beforeNewestMigration(): Promise<string | undefined> {
  try {
    const added = await git('log', '-1', '--format=%H', '--diff-filter=A', '--', MIGRATIONS)
    return await git('rev-parse', '--verify', '--quiet', `${added}^`)
  } catch {
    return undefined
  }
}

const git = async (...args: string[]): Promise<string> =>
  (await run('git', args, { cwd: ROOT, timeout: UNPACK_WITHIN_MS })).stdout.trim()
