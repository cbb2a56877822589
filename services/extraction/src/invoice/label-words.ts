/**
 * Words that invoices put beside their values, in English, German and French, sorted by what they announce. They are
 * features for the scorers, not decisions: one line may well hold words of several classes.
 */
const CLASSES = {
  number: String.raw`invoice\s*(?:no|number|nr|#|id)|rechnungs?-?\s?(?:nr|nummer|no)|beleg-?\s?(?:nr|nummer)|facture\s*n|n°\s*(?:de\s*)?facture|num[ée]ro\s*(?:de\s*)?facture|credit\s*note\s*(?:no|number)|gutschrifts?-?n|document\s*(?:no|number)|factuurnummer|n[úu]mero\s*(?:de\s*)?factura|numero\s*fattura`,
  short_number: String.raw`\bnr\.?(?=\s|$|:)|\bno\.?(?=\s|$|:)|n°|#|\bnumber\b`,
  title: String.raw`\binvoice\b|rechnung\b|\bfacture\b|\bavoir\b|gutschrift|credit\s*(?:note|memo)|buchungshilfe|beleg\b|factuur\b|\bfactura\b|\bfattura\b`,
  issue_date: String.raw`invoice\s*date|date\s*of\s*(?:issue|invoice)|issue\s*date|rechnungs?-?datum|beleg-?datum|ausstellungsdatum|date\s*(?:de\s*(?:la\s*)?)?(?:facture|facturation|[ée]mission)|tax\s*point|\bvom\b|\bvon\b|\bdated\b|\bdu\b|factuurdatum|fecha\s*(?:de\s*)?factura|data\s*fattura`,
  plain_date: String.raw`\bdate\b|\bdatum\b|\bfecha\b|\bdata\b`,
  due_date: String.raw`due\s*date|due\s*(?:by|on)|pay(?:able|ment)?\s*(?:by|before|due)|f[äa]llig|zahlbar|zahlungsziel|[ée]ch[ée]ance|d'[ée]ch|payer\s*avant|überweisen|\bbis\b|vervaldatum|vencimiento|scadenza`,
  other_date: String.raw`liefer|leistung|delivery|ship|order\s*date|bestell|auftrag|livraison|commande|payment|period|zeitraum|vertrag|skonto|mandat`,
  net: String.raw`sub\s?-?total|net\s*(?:total|amount|value)|total\s*(?:net|ht|excl|before\s*tax|hors)|netto(?:betrag|summe|wert)?|ohne\s*(?:ust|mwst|umsatzsteuer)|zwischensumme|summe\s*netto|montant\s*ht|hors\s*taxe|taxable\s*amount|basisbetrag|excl|subtotaal|base\s*imponible|imponibile`,
  tax: String.raw`tax\s*(?:total|amount)|total\s*(?:tax|vat|taxes|tva)|\bvat\b|\bgst\b|sales\s*tax|steuerbetrag|(?<!\p{L})ust(?!\p{L})|(?<!\p{L})ust\.?-?(?:betrag|\s*gesamt)|mwst|mehrwertsteuer|umsatzsteuer|\btva\b|\btaxes?\b|\bbtw\b|\biva\b`,
  gross: String.raw`grand\s*total|invoice\s*total|total\s*(?:amount|incl|gross|ttc|due|inc|eur|usd|gbp)|gross|brutto|gesamt(?:betrag|summe|preis)|endbetrag|rechnungs(?:betrag|summe)|montant\s*(?:total|ttc)|toutes\s*taxes|inkl|totaal|total\s*factura|totale`,
  plain_total: String.raw`\btotal\b|\bsumme\b|\bbetrag\b|\bmontant\b|\bamount\b`,
  due: String.raw`amount\s*(?:due|payable)|balance\s*(?:due)?|total\s*due|to\s*pay|zahl(?:ungs)?betrag|zu\s*zahlen|offener?\s*betrag|restbetrag|net\s*[àa]\s*payer|reste\s*[àa]\s*payer|solde|residual|payable|fälliger|te\s*betalen|total\s*a\s*pagar|netto\s*a\s*pagare`,
  paid: String.raw`prepaid|paid|deposit|anzahlung|erhalten|acompte|vers[ée]|already|offene\s*zahlungen`,
  line_sum: String.raw`positions?summe|warenwert|sum\s*of\s*lines|allowance|charge|zuschl[aä]g|(?<!\p{L})abschl[aä]g|rabatt|discount|remise|fracht|versand|shipping|(?<!\p{L})porto?(?!\p{L})`,
  seller: String.raw`verk[äa]ufer|lieferant|rechnungs(?:ersteller|steller|absender)|seller|supplier|vendor|\bfrom\b|vendeur|fournisseur|[ée]metteur|payable\s*to`,
  buyer: String.raw`k[äa]ufer|rechnungs(?:empf[äa]nger|adresse|anschrift)|kunde\b|leistungsempf|buyer|bill(?:ed)?\s*to|sold\s*to|customer|invoice\s*to|client|acheteur|factur[ée]\s*[àa]|adresse\s*de\s*facturation|destinataire|factuuradres|cliente|destinatario`,
  ship: String.raw`waren?empf|lieferadresse|lieferanschrift|liefer-\s*und\s*leist|ship\s*to|deliver(?:y|ed)?\s*(?:to|address)|livraison|abweichend|zahlungsempf|payee`,
  name: String.raw`^name\b|\bfirma\b|company|soci[ée]t[ée]|raison`,
  vat_id: String.raw`(?<!\p{L})ust\.?\s?-?\s?id|umsatzsteuer-?\s?id|(?<!\p{L})ust\.?-?ident|vat\s*(?:id|no|number|reg|registration)|n°\s*tva|tva\s*(?:intra|n°)?|tax\s*id|steuer-?id`,
  contact: String.raw`\btel|phone|fax|mail|www|http|telefon|ansprechpartner|contact|gesch[äa]ftsf|handelsreg|\bhrb\b|\bgln\b|iban|\bbic\b|bank|konto|siret|steuer-?n`,
  currency: String.raw`w[äa]hrung|currency|devise|betr[äa]ge\s*in`,
  reference: String.raw`bestell|order|auftrag|kunden-?\s?n|customer\s*(?:no|number|id)|client\s*n|referen|r[ée]f[ée]rence|lieferschein|vertrag|contract|agreement|project|globale|artikel|art\.|steuer-?n|konto|mandat`,
  description: String.raw`beschreibung|bezeichnung|description|d[ée]signation|artikel|\bitem\b|\bproduct|produkt|leistung|libell[ée]|omschrijving|descripci[óo]n|descrizione`,
  quantity: String.raw`menge|quantity|\bqty\b|anzahl|quantit[ée]|qt[ée]|\bhours\b|stunden|aantal|cantidad|quantit[àa]`,
  unit_price: String.raw`(?:netto|einzel|stück|e)preis|unit\s*price|price|\brate\b|prix\s*unit|\bprix\b|\bpu\b|p\.u\.|preis|\bprijs|precio|prezzo`,
  line_total: String.raw`positions?-?\s*betrag|netto(?:betrag|wert)|gesamt(?:preis|betrag)|amount|total|betrag|entgelt|montant|summe|price\s*w/o|prix\s*(?:ht|total|ttc)|bedrag|importe|importo`,
} as const

export type LabelClass = keyof typeof CLASSES

const PATTERNS = new Map(Object.entries(CLASSES).map(([name, source]) => [name, new RegExp(source, 'iu')]))

export const labelClasses = (text: string): string[] =>
  [...PATTERNS].flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []))

export const hasLabel = (text: string, name: LabelClass): boolean => PATTERNS.get(name)?.test(text) ?? false

/** Where a label of the class stands in a text. */
export function findLabel(text: string, name: LabelClass): { index: number; length: number } | undefined {
  const match = PATTERNS.get(name)?.exec(text)
  return match ? { index: match.index, length: match[0].length } : undefined
}
