/** Text as a PDF needs it: lines broken to a width, right-to-left words in the order they are seen, glyphs the font lacks replaced. */
import bidiFactory, { type Bidi } from 'bidi-js';

// The package exports its factory as the module itself, which its types do not say.
const bidi = (bidiFactory as unknown as () => Bidi)();
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** Characters nobody sees: controls, marks of direction, joiners of emoji. */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\p{Variation_Selector}/gu;

/** What no font can draw is written as its code points, so that two names stay two: "[U+4EF7 683C]"; `missing` counts them. */
export function drawable(text: string, hasGlyph: (codePoint: number) => boolean, missing: { count: number }): string {
  const plain = text.replace(/[\t\n\r]+/g, ' ').replace(UNSEEN, '');
  if (/^[\x20-\x7e]*$/.test(plain)) return plain;
  let out = '';
  let lacking: string[] = [];
  const flush = () => {
    if (lacking.length > 0) out += `[U+${lacking.join(' ')}]`;
    lacking = [];
  };
  for (const character of plain) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (hasGlyph(codePoint)) {
      flush();
      out += character;
    } else {
      missing.count++;
      lacking.push(codePoint.toString(16).toUpperCase().padStart(4, '0'));
    }
  }
  flush();
  return out;
}

/** Greedy lines no wider than `width`; a word wider than that is cut between characters. */
export function breakLines(text: string, width: number, measure: (text: string) => number): string[] {
  if (text === '') return [''];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width, measure))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}

function pieces(word: string, width: number, measure: (text: string) => number): string[] {
  if (measure(word) <= width) return [word];
  const found: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && measure(piece + character) > width) {
      // After an underscore or a hyphen a name reads better.
      const cut = Math.max(piece.lastIndexOf('_'), piece.lastIndexOf('-')) + 1;
      const kept = cut > piece.length / 2 ? cut : piece.length;
      found.push(piece.slice(0, kept));
      piece = piece.slice(kept);
    }
    piece += character;
  }
  found.push(piece);
  return found;
}

/**
 * The words of a line from left to right as a reader sees them (Unicode bidirectional algorithm, rule L2, by words); the
 * letters inside a word stay in reading order, which the font's shaping turns around itself.
 */
export function seenOrder(line: string): string {
  if (!RIGHT_TO_LEFT.test(line)) return line;
  const { levels } = bidi.getEmbeddingLevels(line);
  let at = 0;
  const words = line.split(' ').map((word) => {
    const level = Math.max(0, ...levels.slice(at, at + word.length));
    at += word.length + 1;
    return { word, level };
  });
  const highest = Math.max(...words.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    for (let i = 0; i < words.length; i++) {
      if (words[i].level < level) continue;
      let end = i;
      while (end < words.length && words[end].level >= level) end++;
      words.splice(i, end - i, ...words.slice(i, end).reverse());
      i = end;
    }
  }
  return words.map(({ word }) => word).join(' ');
}
