/**
 * What happens: submitting, advancing, executing, reviewing, over ports. Owns the rules of the state machine; must not
 * know Redis, Postgres or HTTP, and does no I/O of its own.
 */
export * from './stage.ts'
