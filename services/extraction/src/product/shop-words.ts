/** Words that shops print around prices, codes and goods, in the languages of Europe and some of Asia and America. */

export const ADD_TO_CART =
  /\b(?:add to (?:cart|basket|bag|trolley)|buy (?:it )?now|place (?:a )?bid|purchase)\b|in den (?:einkaufs)?(?:warenkorb|wagen)|ajouter au panier|acheter|aggiungi al carrello|acquista|añadir (?:al carrito|a la (?:cesta|bolsa))|agregar al (?:carro|carrito)|comprar|adicionar|do ko[sš][ií][kc]u|do koszyka|v ko[sš]aric?o|adaug[aă] [iî]n co[sș]|in winkelwagen|lägg i|lisää|læg i|sepete ekle|в корзину|купить|カートに入れる|購入|加入購物車|立即購買|放入購物車|直接購買|구매|장바구니|أضف|اشتر/iu

export const OTHER_GOODS =
  /\b(?:similar|related|recommend\w*|also (?:like|bought|viewed)|customers who|frequently bought|bought together|sponsored|recently viewed|you may|compare with|accessories|goes well|complete the look)\b|ähnlich|zubehör|kunden,? (?:die|kauften)|empfehl|zuletzt|similaires|aussi (?:acheté|aimer|consult)|simili|correlati|anche|potrebbe|relacionad|similares|también|também|recomend|podobn|s[úu]visiac|pr[íi]slu[sš]enstv|odpor[uú][cč]|sorodn|podobne|similare|vezi [sș]i|asemănătoare|vergelijkbaar|samankalt|liknande|huvitatud|sarnas|soovita|muut ostivat|samankaltai|anbefalt|rekommend|poleca|hasonl|ajánl|похож|рекоменд|с этим товаром|相關|推薦|其他|関連|おすすめ|추천|관련/iu

export const CURRENCY =
  /[€£¥₹₩₽₺₴₫฿₱₪₦]|(?:US|NT|HK|R|A|C)?\$|(?<![\p{L}])(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|RON|Lei|CZK|Kč|zł|kr|Rs|PKR|INR|BRL|MXN|CAD|AUD|TL|TRY|Ft|HUF|лв|BYN|SAR|AED|MYR|RM|SGD|ZAR|CLP|ARS|руб|грн|р|円|元|원)(?![\p{L}])|ر\.س|د\.إ|\d\s?[,.:][-–—]{1,2}(?!\d)/iu

/** In a line beside an amount: what kind of amount it is. */
export const LINE_WORDS: readonly (readonly [string, RegExp])[] = [
  [
    'price',
    /\bprice\b|(?:current|highest|winning) bid\b|(?:aktuelles |höchst)gebot|enchère actuelle|puja actual|offerta attuale|preis|\bprix|precio|prezzo|preço|\bcena|hinta|\bpre[tț]\b|\bprijs|\bpris\b|цена|価格|特價|(?<!建議)售價|(?<![原定議市售])價|가격|السعر/iu,
  ],
  [
    'old',
    /\b(?:was|rrp|msrp|list|regular|retail|instead|old|orig\w*|before|starting (?:price|bid)|opening bid|estimate)\b|startgebot|startpreis|schätzpreis|mise à prix|uvp|statt|\bavant|\bantes|\bprima\b|conseill|consigliato|normal|suositus|p[oô]vodn|b[eě][zž]n[aá]|redna|定價|原價|建議售?價|市價|定価|希望小売|정가/iu,
  ],
  [
    'ship',
    /shipp|deliver|postage|versand|liefer|livraison|env[ií]o|entrega|frete|spedizione|dopravn?|dostav|livrare|toimitus|운송|배송|運費/iu,
  ],
  [
    'rate',
    /month|\bmonat|\bmois\b|\bmes(?:es)?\b|mensual|rate\b|raten|\bcuotas?|\bparcela|splátk|\b\d+\s?x\b|per week|lease|financ|rată|月/iu,
  ],
  [
    'save',
    /\bsav(?:e|ings?)\b|\boff\b|spar|économ|ahorr|descuento|desconto|risparm|sconto|[uú]spor|zľav|slev|popust|reducere|discount|rabat/iu,
  ],
  [
    'untaxed',
    /\b(?:ex(?:cl)?\.?|without|plus|before)\s(?:vat|tax|gst)|\bnetto\b|zzgl|\bht\b|iva esclusa|sin iva|bez dph|brez ddv|fără tva|未税/iu,
  ],
  ['taxed', /\b(?:inc(?:l)?\.?(?:uding)?|with)\s(?:vat|tax|gst)|inkl|ttc|iva inclus|con iva|s dph|z ddv|cu tva|税込/iu],
  [
    'unit',
    /(?:\/|\bper\b|\bpro\b|\bpar\b|\bpor\b|\bal\b)\s?(?:\d+\s?)?(?:kg|g|ml|l|m|m²|unit|unité|unidad|stück|pc|pcs|piece|100|db|ks|kom|litr\w*)\b/iu,
  ],
  [
    'limit',
    /\b(?:from|over|above|under|ab|über|desde|oltre|sopra|from|minimum|min\.?|mehr als|nad|od|peste)\s[^\d]{0,4}\d|\bcoupon|gutschein|voucher|reward|cashback|滿/iu,
  ],
]

/** In class names, ids and property names of the elements around. */
export const PATH_WORDS: readonly (readonly [string, RegExp])[] = [
  ['price', /pri(?:ce|x|js)|preis|prezz|preci|preco|\bcena|cost|amount|prc\b|cijena/i],
  [
    'struck',
    /(?:^|\s)(?:del|s|strike)(?:[.#\s]|$)|line-through|strike|old|was|(?:^|[^a-z])list-?price|regular|origin|before|rrp|retail|compare-?at|previous|crossed|barred|through|full-?price|non-?sale/i,
  ],
  [
    'others',
    /relat|recommend|similar|carousel|slider|slick|swiper|upsell|cross-?sell|sponsor|accessor|bundle|suggest|also|recent|viewed|(?:^|[^a-z])tile|teaser|widget|grid|listing|banner|promo(?:tion)?-/i,
  ],
  [
    'chrome',
    /(?:^|\s)(?:header|footer|nav|option|select)(?:[.#\s]|$)|mini-?cart|shopping-?cart|basket-|menu|cookie|modal|breadcrumb|review|comment|feedback|question|filter/i,
  ],
  ['goods', /product|item-?(?:info|detail|page)|detail|pdp|summary|buy|offer|main|purchase/i],
  ['ship', /ship|deliver|postage|install?ment|financ|month|saving|save|discount|tax|unit/i],
]
