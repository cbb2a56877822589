import type { Query } from '../database.ts'

/**
 * Where to look for rows that are alike in their names: those with one trigram of `alone`, and those with trigrams of two
 * `hands`. `words` are the longest ones of the name.
 */
export type ChosenTrigrams = { words: string[]; alone: string[]; hands: [string[], string[], string[]] }

/** What is chosen alone is in so many rows in all, unless even the rarest is in more. */
const ROWS_ALONE = 1_000

/** If the words of a name have nothing to do with each other, two that are chosen meet by chance in half as many rows. */
const ROWS_IN_PAIRS = 2_000

/** Looked for in every row that is found. */
const MOST_WORDS = 20

/**
 * Alone: a row that is at least so alike shares one of the rarest trigrams of what is asked for: of n trigrams it has
 * ⌈n · least⌉ or more, so that all but ⌈n · least⌉ - 1 are enough (prefix filtering; Chaudhuri, Ganti and Kaushik, 2006).
 * In a large catalogue the common ones among them are left out, beginning with the commonest.
 *
 * In pairs: in a large catalogue all trigrams of a name may be common, but few rows share trigrams of two of its words.
 * So the words are dealt into three hands; neighbours stay together, since they are often one expression (`desk lamp`),
 * which says little more than one of its words. Of each word come the four rarest trigrams, since one wrong letter spoils
 * three; the rarest of all words first, until √(`ROWS_IN_PAIRS` · number of rows) rows have them.
 *
 * A trigram that is not among the common ones counts as a quarter of the least common of them. In a small table none is
 * known to be common, and all are chosen.
 */
const CHOOSE_TRIGRAMS = {
  name: 'choose-catalog-trigrams',
  text: `WITH common AS MATERIALIZED (
      SELECT trigram, rows FROM catalog_common_trigrams()
    ), most AS MATERIALIZED (
      SELECT sqrt(${ROWS_IN_PAIRS} * greatest(reltuples, 1)) AS rows FROM pg_class WHERE oid = 'catalog_items'::regclass
    ), asked AS (
      SELECT DISTINCT ON (trigram) trigram, position, coalesce(common.rows, (SELECT min(rows) / 4 FROM common), 0) AS rows
      FROM regexp_split_to_table(lower($1), '[^[:alnum:]]+') WITH ORDINALITY AS words (word, position)
      CROSS JOIN unnest(show_trgm(word)) AS trigram LEFT JOIN common USING (trigram)
      ORDER BY trigram, position
    ), ranked AS (
      SELECT trigram, position, rows, row_number() OVER rarest AS place, sum(rows) OVER rarest AS in_all,
        count(*) OVER () AS number, row_number() OVER (PARTITION BY position ORDER BY rows, trigram) AS place_in_word
      FROM asked WINDOW rarest AS (ORDER BY rows, trigram)
    ), few AS (
      SELECT trigram, position, sum(rows) OVER (ORDER BY place_in_word, rows, trigram) AS in_all
      FROM ranked WHERE place_in_word <= 4 AND rows <= (SELECT rows / 2 FROM most)
    ), paired AS (
      SELECT trigram, position FROM few WHERE in_all <= (SELECT rows FROM most)
    ), dealt AS (
      SELECT position, ntile(3) OVER (ORDER BY position) AS hand FROM paired GROUP BY position
    )
    SELECT set_config('pg_trgm.similarity_threshold', $2::text, true) AS threshold,
      regexp_split_to_array(lower($1), '[^[:alnum:]]+') AS words,
      ARRAY(
        SELECT trigram FROM ranked
        WHERE place <= number - ceil(number * ($2::text)::float8 - 1e-6) + 1 AND (place = 1 OR in_all <= ${ROWS_ALONE})
      ) AS alone,
      ARRAY(SELECT trigram FROM paired JOIN dealt USING (position) WHERE hand = 1) AS first,
      ARRAY(SELECT trigram FROM paired JOIN dealt USING (position) WHERE hand = 2) AS second,
      ARRAY(SELECT trigram FROM paired JOIN dealt USING (position) WHERE hand = 3) AS third`,
}

type Row = { words: string[]; alone: string[]; first: string[]; second: string[]; third: string[] }

/** Also sets the threshold of `%` for the rest of the transaction. */
export async function chooseTrigrams(
  query: Query,
  asked: { name: string; minSimilarity: number },
): Promise<ChosenTrigrams> {
  const rows = await query<Row>(CHOOSE_TRIGRAMS, [asked.name, String(asked.minSimilarity)])
  const { words, alone, first, second, third } = rows[0]!
  const longest = [...new Set(words)].toSorted((a, b) => b.length - a.length).slice(0, MOST_WORDS)
  return { words: longest.filter((word) => word !== ''), alone, hands: [first, second, third] }
}
