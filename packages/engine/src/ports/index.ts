/** What the engine needs of the world, named by role. Adapters live in `store` and `queue`; twins in `../testing`. */
export * from './blobs.ts'
export * from './catalog.ts'
