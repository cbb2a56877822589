/** Words that name a kind, or what only one kind does, in many languages: `y:` anywhere, `yt:` near the top, `ym:` many. */
export function typeWords(text: string, topCharacters: number): string[] {
  return Object.entries(TYPE_WORDS).flatMap(([name, words]) => {
    const places = Array.from(text.matchAll(words), ({ index }) => index)
    const [first] = places
    if (first === undefined) return []
    return [`y:${name}`, ...(first < topCharacters ? [`yt:${name}`] : []), ...(places.length > 2 ? [`ym:${name}`] : [])]
  })
}

/** The words by themselves: not as a part of a longer one. */
const anyOf = (...words: string[]): RegExp => new RegExp(`(?<!\\p{L})(?:${words.join('|')})(?!\\p{L})`, 'giu')

const PRICE =
  'prices?|preise?|prix|precios?|prezz[io]|preços?|cena|prijs|pris|hinta|hind|kaina|ár|preț|pret|fiyat[ıi]?|цена|ціна|τιμή|السعر|価格|價格|价格|售價|가격|판매가'
const AMOUNT = String.raw`[\p{Sc}\p{L}.]{0,4} ?\d`

const TYPE_WORDS: Record<string, RegExp> = {
  credit: anyOf(
    'credit (?:note|memo|advice)',
    // A credit note by name in German, but an invoice where it says that the buyer wrote it.
    String.raw`gutschrift(?!\s*\(?\s*selbst)`,
    'stornorechnung|rechnungskorrektur|avoir|note de crédit|creditfactuur|creditnota|nota de crédito|nota di credito',
  ),
  selfBilled: anyOf(
    'self-?billed|self-?billing|selbst ausgestellte rechnung|autofacturation|auto-?facturación|autofattura',
  ),
  invoice: anyOf(String.raw`invoice|\p{L}*rechnung|facture|\p{L}*factuur|factura|fattura|fatura|faktura`),
  receipt: anyOf('receipt|cash sale|cashier|kassenbon|quittung|beleg-?nr|ticket|change due|tendered|bar gegeben|rendu'),
  datasheet: anyOf(
    'data ?sheet|datenblatt|fiche technique|absolute maximum ratings|electrical characteristics',
    'pin (?:configuration|description)|ordering information|typical application',
  ),
  cart: anyOf(
    String.raw`add(?:ed)?\s+to\s+(?:your\s+)?(?:cart|basket|bag|trolley|wish ?list)|buy (?:it )?now|shopping (?:cart|bag)|your (?:basket|cart)`,
    'in den (?:warenkorb|einkaufswagen)|warenkorb|in (?:de )?winkel(?:wagen|mand(?:je)?)|ajouter au panier|mon panier',
    'añadir (?:al carrito|a la cesta)|agregar al carr(?:o|ito)|carrito|comprar (?:ahora|agora|entradas?)|aggiungi al carrello|carrello',
    'acquista|adicionar ao carrinho|carrinho|koszyka?|kup teraz|koš[ií]k[ua]?|košaric[aeo]|kosárba|kosár|coș(?:ul)?',
    'adaug[aă] [iî]n co[sș]|varukorg(?:en)?|kundvagn|handlekurv|læg i kurv|kurven|ostoskori(?:in)?|ostukorvi?',
    'krepšel(?:į|is)|groz(?:am|s|ā)|sepete ekle|sepetim|в корзину|корзина|купить|в кошик|купити|кошик|καλάθι',
    String.raw`(?:أضف|اضف)[^\n]{0,12}(?:السلة|العربة|للسلة)|سلة التسوق|giỏ hàng`,
  ),
  // Scripts without spaces between words.
  cartAsian: /カートに|買い物かご|購物車|购物车|立即購買|立即购买|장바구니|구매하기/gu,
  price: new RegExp(`^\\s*(?:${PRICE})(?!\\p{L})[^\\n\\d]{0,8}:?\\s{0,3}(?:${AMOUNT})`, 'gimu'),
  // Bare words for delivery stand on invoices, too.
  stock: anyOf(
    '(?:in|out of) stock|free (?:shipping|delivery|returns)|auf lager|sofort lieferbar|versandkosten(?:frei)?|op voorraad',
    'gratis (?:verzending|versand|envío)|envío gratis|livraison (?:gratuite|offerte)|en stock|despacho a domicilio',
    'disponibilit[àa]|spedizione gratuita|entrega gr[aá]tis|frete gr[aá]tis|em estoque|darmowa dostawa|dostępność',
    'doprava (?:zdarma|zadarmo)|skladom|skladem|na zalogi|készleten|livrare gratuit[aă]|[iî]n stoc|fri frakt|i lager',
    'varastossa|laos|stokta|ücretsiz kargo|в наличии|бесплатная доставка|в наявності|άμεσα διαθέσιμο|متوفر',
  ),
  // What is told to who has to pay.
  billing: anyOf(
    'iban|siret|siren|kvk|ust-?id(?:-?nr)?|steuernummer|vat (?:no|id|number|reg)|n° ?tva|tva intracommunautaire',
    'partita iva|btw-?(?:nummer|nr)|bill to|remit|due date|payment terms|amount due|balance due|zahlbar|fällig',
    'zahlungsbedingungen|rechnungsbetrag|zahlbetrag|conditions de (?:paiement|règlement)|règlement|échéance|net à payer',
    'solde à payer|total (?:ht|ttc)|forma de pago|vencimiento|base imponible|imponibile|scadenza|bonifico|vervaldatum',
    'te betalen|termin płatności|do zapłaty|splatnost|datum splatnosti|förfallodatum|forfaldsdato|eräpäivä',
  ),
  // Buyers' opinions.
  rated: anyOf(
    '(?:customer )?(?:ratings?|reviews)|out of 5(?: stars)?|frequently bought|wish ?list|(?:kunden)?bewertung(?:en)?',
    'merkzettel|avis clients|liste d.envies|opiniones(?: de clientes)?|lista de deseos|recensioni(?: clienti)?',
    'avaliações|beoordelingen|verlanglijst|opinie(?: klientów)?|hodnotenia|hodnocení|obľúbených|oblíbených|recenzije',
    'vélemények|recenzii|omdömen|arvostelut|arvustused|atsiliepimai|atsauksmes|yorumlar|отзывы|відгуки|κριτικές|التقييم',
    'skus?|asin|product details|produktdetails|questions and answers',
  ),
  trade: anyOf(
    String.raw`auctions?|auctioneers|current bid|auktion(?:en)?|höchstgebot|enchères|subasta|leilão|aukcja|classifieds?`,
    'kleinanzeigen?|petites annonces|clasificados|annunci|classificados|ogłoszenia|inzerce|by owner|zu verkaufen',
    'se vende|vendesi|à vendre|te koop|eintrittskarten|entradas|biglietti',
  ),
  news: anyOf(
    'published|posted (?:on|by|in)|last updated|veröffentlicht|aktualisiert|publié le|mis à jour|publicado|pubblicato',
    'breaking news|read (?:more|also)|lesen sie auch|lire aussi|le[ae] también|leggi anche|leia (?:também|mais)',
    'lees ook|czytaj (?:też|także)|přečtěte si|čítajte|läs också|lue myös|loe ka|читайте также|читайте також|okumaya devam',
    'comments?|leave a reply|kommentare?|commentaires?|comentarios?|commento|commenti|comentários?|komentarze|комментарии',
    'subscribe (?:to|now)|editor|correspondent|journalist|opinion|politics|nachrichten|actualités|noticias|notícias|notizie|новости',
  ),
  newsAsian: /기자|뉴스|記者|記事|新聞|最終更新/gu,
}
