/**
 * What one document may ask of a reader. Beyond a limit in pages or lines the rest is left out with a warning, because
 * the first pages of an invoice are worth having; beyond one in bytes, pixels or depth the document is refused.
 */
export const DOCUMENT_LIMITS = {
  /** Pages of a PDF whose text is read. */
  textPages: 200,
  /** Pages of a PDF that are rendered and read by OCR: about a second each. */
  ocrPages: 20,
  /** Pixels of an image: 40 million are an A3 sheet at 400 dpi. */
  pixels: 40_000_000,
  /** Bytes of HTML, XML, CSV, JSON and plain text. */
  textBytes: 10_000_000,
  /** Lines, and table rows, of a whole document. */
  lines: 20_000,
  /** Characters of one line; longer ones are cut. */
  lineLength: 10_000,
  /** Cells of a spreadsheet, empty ones between others included. */
  cells: 500_000,
  /** Levels of nesting in XML, JSON and microdata. */
  depth: 100,
  /** Files in an archive, which DOCX and XLSX are, and bytes that may be unpacked of it. */
  archiveEntries: 5_000,
  unpackedBytes: 80_000_000,
  /** Files of a mail, levels of its parts, bytes of the headers of all parts, and mails in mails. */
  mailFiles: 200,
  mailLevels: 30,
  mailHeaderBytes: 500_000,
  mailDepth: 3,
} as const
