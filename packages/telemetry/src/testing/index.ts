/** What tests beyond this package need to see what it sends. */
export type { ReceivedSpan } from './read-spans.ts'
export { startCollector } from './start-collector.ts'
