#!/usr/bin/env node
/**
 * The `stageline` command: a line's work from a terminal or a script, over its HTTP API. It owns the command line, what
 * people read and the exit codes; everything else is the API's, through `@stageline/client`. It knows no store and no
 * queue, and nothing of where the line runs but an address.
 */
import { enableCompileCache } from 'node:module'
import { resolve } from 'node:path'

// Before anything else is loaded: a third of the time of a start is compiling. Where nothing can be written there is none.
enableCompileCache(resolve(import.meta.dirname, '../../../.cache/compiled'))
const { runCli } = await import('./run-cli.ts')
process.exitCode = await runCli(process.argv.slice(2), process)
