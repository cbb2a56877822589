/**
 * What tests need of the world: databases from a template, a Redis of their own, the whole line as processes, stages and
 * outside systems that do as they are told. Only tests import it.
 */
export * from './http-sink.ts'
export * from './job-fixture.ts'
export * from './redis-cluster.ts'
export * from './redis-node.ts'
export * from './redis-sentinel.ts'
export * from './scripted-stage.ts'
export * from './silent-line.ts'
export * from './silent-sink.ts'
export * from './smtp-sink.ts'
export * from './start-line.ts'
export * from './test-redis.ts'
export * from './test-database.ts'
export * from './wait-for.ts'
