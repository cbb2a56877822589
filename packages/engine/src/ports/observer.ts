/** Whoever watches; the words are the domain's, since telemetry speaks them without knowing the engine. */
export type { CountName, Observer, StageEvent, StepEnd, StepInfo } from '@stageline/domain'
