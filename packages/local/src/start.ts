/**
 * `npm start`: the whole line on one machine. It owns `.stageline/` (data, logs, key, state) and the order in which
 * things start and stop; it must not know what the services do. Everything that it starts is stopped again, in every
 * phase; what a killed run left behind is found and taken over.
 */
import { fileURLToPath } from 'node:url'
import { runStart } from './run-start.ts'

process.exitCode = await runStart(fileURLToPath(new URL('../../..', import.meta.url)), process.argv.slice(2))
