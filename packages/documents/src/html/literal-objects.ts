import { DOCUMENT_LIMITS } from '../document-limits.ts'

/** The plain values of one object, and the names on the way to it. */
export type LiteralObject = { path: string; values: Record<string, string> }

/**
 * Objects as they stand in program text: JSON, and JavaScript literals with bare keys, either quotes and expressions
 * between. Nothing is run. What is no object literal (a block of code) is passed over; each character is looked at once.
 */
export function literalObjects(source: string): LiteralObject[] {
  const reader = new LiteralReader(source)
  reader.readAll()
  return reader.found.filter(({ values }) => Object.keys(values).length > 0)
}

class LiteralReader {
  readonly found: LiteralObject[] = []
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  readAll(): void {
    for (let open = this.#open(); open !== -1; open = this.#open()) {
      this.#at = open
      this.#object('', 0)
    }
  }

  #open(): number {
    return this.#source.indexOf('{', this.#at)
  }

  /** False where the text turns out to be no object; what was read until then is kept. */
  #object(path: string, depth: number): boolean {
    const values: Record<string, string> = {}
    const slot = this.found.push({ path, values }) - 1
    this.#at += 1
    const whole = depth < DOCUMENT_LIMITS.depth && this.#members(values, path, depth)
    if (Object.keys(values).length === 0 && slot === this.found.length - 1) this.found.pop()
    return whole
  }

  #members(values: Record<string, string>, path: string, depth: number): boolean {
    for (;;) {
      if (this.#take(CLOSING)) return true
      const key = this.#key()
      if (key === undefined || !this.#take(COLON)) return false
      const value = this.#value(path ? `${path}/${key}` : key, depth)
      if (value === false) return false
      if (value !== true && key !== '__proto__') values[key] = value
      if (!this.#take(COMMA) && this.#peek() !== '}') return false
    }
  }

  #key(): string | undefined {
    return this.#string() ?? this.#take(BARE_KEY)
  }

  /** The value as text; true where it is nested or no literal, false where the text cannot be followed. */
  #value(path: string, depth: number): string | boolean {
    const first = this.#peek()
    if (first === '{') return this.#object(path, depth + 1)
    if (first === '[') return this.#list(path, depth)
    const literal = this.#string() ?? this.#take(LITERAL)
    const next = this.#peek()
    if (literal !== undefined && (next === ',' || next === '}' || next === ']')) return literal
    return this.#expression()
  }

  #list(path: string, depth: number): boolean {
    this.#at += 1
    for (let index = 1; ; index += 1) {
      if (this.#take(CLOSING_LIST)) return true
      if (depth >= DOCUMENT_LIMITS.depth || this.#value(`${path}[${index}]`, depth + 1) === false) return false
      if (!this.#take(COMMA) && this.#peek() !== ']') return false
    }
  }

  /** Steps over what is computed, up to the comma or bracket that ends it. */
  #expression(): boolean {
    for (let open = 0; this.#at < this.#source.length;) {
      const next = this.#peek()
      if (next === '{') return false
      if (open === 0 && (next === ',' || next === '}' || next === ']')) return true
      if (this.#string() !== undefined) continue
      if (next === '(' || next === '[') open += 1
      if (next === ')' || next === ']') open -= 1
      if (open < 0) return false
      this.#at += 1
    }
    return false
  }

  #string(): string | undefined {
    const quoted = this.#take(QUOTED)
    if (quoted === undefined) return undefined
    return quoted.slice(1, -1).replaceAll(ESCAPE, (_, letter: string, hex4?: string, hex2?: string) => {
      const code = hex4 ?? hex2
      return code ? String.fromCharCode(Number.parseInt(code, 16)) : (CONTROLS[letter] ?? letter)
    })
  }

  #peek(): string | undefined {
    this.#skip()
    return this.#source[this.#at]
  }

  #skip(): void {
    BLANKS.lastIndex = this.#at
    if (BLANKS.test(this.#source)) this.#at = BLANKS.lastIndex
  }

  #take(pattern: RegExp): string | undefined {
    this.#skip()
    pattern.lastIndex = this.#at
    const [text] = pattern.exec(this.#source) ?? []
    if (text !== undefined) this.#at += text.length
    return text
  }
}

// Comments have a length, or one that never ends would be searched from each place in it.
const BLANKS = /(?:\s+|\/\*[^]{0,2000}?\*\/|\/\/[^\n]{0,2000}\n)+/y
const CLOSING = /\}/y
const CLOSING_LIST = /\]/y
const COLON = /:/y
const COMMA = /,/y
const BARE_KEY = /[\p{L}_$][\p{L}\p{N}_$]*|\d+/uy
const LITERAL = /-?\d+(?:\.\d+)?(?![\w.])|(?:true|false|null|undefined)(?!\w)/y
const QUOTED = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/y
const ESCAPE = /\\(u([\da-f]{4})|x([\da-f]{2})|.)/gi
const CONTROLS: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
