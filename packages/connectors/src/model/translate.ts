import { z } from 'zod'
import type { CallContext, ModelAnswer, ModelProvider } from './model-provider.ts'

const Translation = z.object({
  translation: z.string().describe('The whole text in the other language'),
  language: z.string().describe('Language of the text as it was given, ISO 639-1'),
})
export type Translation = z.infer<typeof Translation>

/**
 * A text in another language; numbers, part numbers, units and names as they were.
 * @param to a BCP 47 tag such as `en` or `pt-BR`
 */
export const translate = (
  model: ModelProvider,
  { text, to }: { text: string; to: string },
  context: CallContext,
): Promise<ModelAnswer<Translation>> =>
  model.ask(
    {
      template: 'translation-v1',
      instructions: `Translate the document into the language ${Intl.getCanonicalLocales(to)[0]}. Leave numbers, part numbers, units, codes and names as they are.`,
      text,
      schema: Translation,
    },
    context,
  )
