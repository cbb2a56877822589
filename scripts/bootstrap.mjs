/**
 * The way in for everything that a person or a pipeline types (`npm start`, `npm test` …): brings a fresh clone to the
 * state in which TypeScript runs, then hands over to the entry that it was given, with its arguments, streams, signals
 * and exit code.
 *
 * It owns the installation of the pinned package manager, Node and dependencies. It runs on the machine's own Node (20
 * or newer) before anything is installed, so it imports Node's own modules only and knows nothing of what it starts.
 *
 *   node scripts/bootstrap.mjs [--stores] [--browser] <entry.ts> [arguments …]
 *
 * `--stores`, `--browser`: the entry starts Postgres and Redis, or a browser, so look for what that takes, too.
 * `--help` among the arguments shows `<entry>.help.txt`, where there is one, and fetches nothing.
 */
import { findProblems } from './find-problems.mjs'
import { install, isInstalled } from './install.mjs'
import { runEntry } from './run-entry.mjs'
import { announceFetch } from './announce-fetch.mjs'
import { showHelp } from './show-help.mjs'

const given = process.argv.slice(2)
const entryAt = given.findIndex((argument) => !argument.startsWith('--'))
const needs = new Set(given.slice(0, entryAt))
const [entry, ...args] = given.slice(entryAt)

if (showHelp(entry, args)) process.exit(0)
const installed = isInstalled()
announceFetch({ installed, needs })
const problems = await findProblems({ installed, needs })
if (problems.length > 0) {
  console.error(`Missing on this machine:\n${problems.map(({ what, mend }) => `  - ${what}\n    ${mend}`).join('\n')}`)
  process.exit(1)
}
if (!installed) await install()
runEntry(entry, args)
