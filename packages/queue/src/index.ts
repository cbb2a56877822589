/**
 * The transport: BullMQ, Redis and Bull Board, and nobody else knows them. Here BullMQ's "job" is called a message.
 * Owns connections, message options and the translation of deliveries; must not know what a step means or what comes
 * after it, and decides nothing: the record does.
 */
export { createBoard, type Board } from './board.ts'
export type { RedisInspection } from './inspect-redis.ts'
export { openRedis, type RedisClient, type RedisRole } from './open-redis.ts'
export { parseRedisUrl } from './redis-address.ts'
export { createQuarantineWatch, type QuarantineWatch } from './quarantine-watch.ts'
export { createReviewQueue } from './review-queue.ts'
export { createStageConsumer, type StageConsumer } from './stage-consumer.ts'
export { createStageHints } from './stage-hints.ts'
export { createStageQueue, type RedisStageQueue } from './stage-queue.ts'
