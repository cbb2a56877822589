/** What shops print before a stock number, strongest first. */
export const CODE_LABELS: readonly (readonly [string, string])[] = [
  [
    'sku',
    String.raw`sku|s\.k\.u\.?|asin|item\s?(?:no|number|model|code|#|nr)|art(?:icle|ikel|iculo|ículo|igo|icolo|\.)?\s?-?\s?(?:no|nr|nummer|number|code|n[°º])|artikelnummer|bestell-?\s?(?:nr|nummer)|product\s?(?:code|no|number)|produkt-?(?:nummer|nr|kode)|catalog(?:ue)?\s?(?:no|number|code)|cat\.?\s?no|stock\s?(?:no|number|code)|order\s?(?:no|code)|c[oó]d(?:igo|ice|\.)?\s?(?:de\s)?(?:produs|prodotto|articolo|produto|producto|art[ií]culo)?|code\s?(?:article|produit|art\.?)|k[oó]d(?:\s(?:produktu|tovaru|zbo[zž]í|proizvoda))?|katal[oó]gov[eé]\s[cč][ií]slo|[cč][ií]slo\s(?:produktu|artiklu|tovaru)|objedn[aá]vac[ií]\s[cč][ií]slo|[sš]ifra(?:\s\p{L}+)?|nr\s(?:katalogowy|artyku[lł]u)|indeks|tuote(?:numero|koodi|nro)|varen(?:ummer|r)|artikelnr|tootekood|term[eé]kk[oó]d|cikksz[aá]m|[uü]r[uü]n\skodu|stok\skodu|артикул|код\s(?:товара|артикула)|код|κωδικός|商品編號|商品番号|商品コード|商品编号|货号|貨號|品番|상품번호|상품코드|제품번호|رقم المنتج|كود المنتج|رمز المنتج`,
  ],
  [
    'id',
    String.raw`(?:ad|post|listing|lot|item|product|deal|offer)\s?-?\s?id|id|anzeigen-?\s?(?:nr|nummer|code|id)|inserats?-?(?:nr|nummer)|lot\s?(?:no|number|#)|ref(?:erence|\.|erencia|erência|erenz|erência)?|r[eé]f(?:érence|\.)?|annonce\sn[°º]|id-nr`,
  ],
  [
    'model',
    String.raw`model(?:lo|nummer|l)?(?:\s(?:no|number|nr|name))?|style(?:\s?#|\sno|\scode)?|mpn|part\s?(?:no|number)|model-?nr|mod\.|type`,
  ],
  ['gtin', String.raw`ean(?:-?13)?|gtin(?:-?1?\d)?|upc|isbn(?:-?1\d)?|barcode|code-barres`],
]
