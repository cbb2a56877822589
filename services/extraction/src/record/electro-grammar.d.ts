/** The library has no types of its own; these are the parts of its answer that are used. */
declare module 'electro-grammar' {
  export type ParsedComponent = {
    type?: string
    resistance?: number
    capacitance?: number
    size?: string
    tolerance?: number
    voltage_rating?: number
  }
  export function parse(description: string): ParsedComponent
}
