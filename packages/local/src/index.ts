/**
 * Postgres and Redis of one's own and all services as processes, for a machine that has neither. It knows how to start,
 * find again, watch and stop programs; it must not know what they do: no code of a service or of another package is
 * imported here.
 */
export { askRedis } from './ask-redis.ts'
export { freePort } from './free-port.ts'
export { findRedis } from './redis-program.ts'
export { startStores, type Stores, type StoresOptions } from './start-stores.ts'
export { type LocalServer } from './start-postgres.ts'
export { stopSignal } from './stop-signal.ts'
export { supervise, type ServiceSpec, type Supervised } from './supervise.ts'
export { sharedLibraryFolders, unpackDebianPackages, type UnpackOptions } from './unpack-debian-packages.ts'
