/** The one order of texts in ecomml: by Unicode code point, which is also the byte order of UTF-8 and DuckDB's. */

/** Negative, zero or positive as `a` sorts before, with or after `b`. JavaScript's own `<` differs above U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates (D800–DFFF) stand for code points above every other unit: they go over E000–FFFF, which moves down. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
