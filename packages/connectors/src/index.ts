/**
 * The outside world, guarded: one HTTP client, and what is built on it. Owns where may be called, for how long and how
 * much may come back, and what a failure out there is to a step; must not know what a stage makes of an answer.
 */
export { errorOfStatus, expectOk } from './http/expect-ok.ts'
export { createTargetCheck } from './http/check-target.ts'
export { createOutbound, type Answer, type Call, type Limits, type Outbound } from './http/outbound.ts'
export { OutboundSettings } from './http/outbound-settings.ts'
export { createModelProvider, modelProviderOf } from './model/model-provider.ts'
export type { CallContext, ModelAnswer, ModelProvider, Question } from './model/model-provider.ts'
export { ModelSettings } from './model/model-settings.ts'
export { occursIn } from './model/occurs-in.ts'
export { trustIn } from './model/trust-in.ts'
export { translate, type Translation } from './model/translate.ts'
export { MailSettings } from './mail/mail-settings.ts'
export { createMailer } from './mail/mailer.ts'
export { digikeyLookUp } from './look-up/digikey.ts'
export { httpLookUp } from './look-up/http-look-up.ts'
export type { LookUp, LookUpItem, LookUpQuery } from './look-up/look-up.ts'
export { LookUpSettings } from './look-up/look-up-settings.ts'
export { SourceSettings } from './source/connections.ts'
export { createSources } from './source/sources.ts'
export { tableSource } from './source/table-source.ts'
export { createWebhookSender } from './webhook/send-webhook.ts'
