import type { TiffPage } from './make-tiff.ts'

/** Two rows of text, "Invoice 4711" and "Total 98.50", packed as ITU-T T.6 (group 4 fax) wants it. */
export const FAX4_PAGE: TiffPage = {
  width: 640,
  height: 150,
  packing: 4,
  bitsPerSample: 1,
  photometric: 0,
  bytes: Buffer.from(
    [
      '/////52C0idnfM0BgkGaz+ufCEMT61/HIOlvlv6MPSHH6X/z8bM0iRE5kiIZHQ61/4QfhA8EGCDXr/pt6eqaX/4ld0kXz0XOi+fr',
      '/pv0n0hQTaXX/dtavretf9fSvqlr1/9vr63S//+l3+ta///f4tev/t//pa//0tfmAxIyF//+v//+3//r//Sb9uyVVf/v19//+xVp',
      'bdlC0v/7DS4Z7YYL5rBzMMf3YrY2PX/9BrDQYXXxEREREREf/////87LeQMG+VBlORUAh1PkR4QYQeEH/CYQeE5KH6J45fZi5eP/',
      'CDaTek/9en6b5QYIh5kg9N/pfCB4IH///TDLQ//++i+bUqn+0sjnv0nxb+21iGv6v+1DEKH/V999qVN/69PtQgxf/3nQE2NF82/+',
      '+F2Qg9BNv//RdODBVv/9evHSvf/XX+/r/1XXX67f/1et/1vXV63X2ltrpWp9pWl2GlIltGH5EQSYYSz7BJtLsU7FfFMVxTFcNB2v',
      'hNbCaiIiIiIiP///8AEAEA==',
    ].join(''),
    'base64',
  ),
}
