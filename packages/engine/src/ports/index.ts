/** What the engine needs of the world, named by role. Adapters live in `store` and `queue`; twins in `../testing`. */
export * from './backlog-reader.ts'
export * from './blobs.ts'
export * from './catalog.ts'
export * from './job-store.ts'
export * from './observer.ts'
export * from './record.ts'
export * from './stage-queue.ts'
export * from './stage-registry.ts'
