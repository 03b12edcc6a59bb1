/**
 * Names cut to the room they have, before anything is drawn: widths are estimated by the widest of the common system fonts
 * (Verdana, DejaVu Sans), so that a label that fits here is clipped nowhere. The middle goes, since both ends of a name tell it
 * from its neighbours.
 */
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
const NARROW = new Set("ijlItfr.,:;|!'`()[]{}/\\- ");
const BROAD = new Set('mwMW@%&—…');
/** East Asian letters, Hangul, full-width forms, pictures. */
const SQUARE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** Ems: one unit of what a reader takes for a letter. */
function emsOf(letter: string): number {
  if (letter >= '0' && letter <= '9') return 0.64;
  if (NARROW.has(letter)) return 0.42;
  if (BROAD.has(letter)) return 1;
  if (letter === '_') return 0.5;
  if (letter <= '\u007f') return letter >= 'A' && letter <= 'Z' ? 0.74 : 0.625;
  return SQUARE.test(letter) ? 1.3 : 0.75;
}

const lettersOf = (text: string): string[] =>
  /^[\x20-\x7e]*$/.test(text) ? [...text] : Array.from(SEGMENTER.segment(text), ({ segment }) => segment);

/** Estimated width in pixels at a font size in pixels. */
export function textRoom(text: string, size: number): number {
  return size * lettersOf(text).reduce((sum, letter) => sum + emsOf(letter), 0);
}

/** The text, or its beginning and its end around "…", no wider than `room` pixels; at least two letters and the mark. */
export function fitLabel(text: string, room: number, size: number): string {
  const letters = lettersOf(text);
  const wide = letters.map((letter) => size * emsOf(letter));
  let width = wide.reduce((sum, one) => sum + one, 0);
  if (width <= room) return text;
  // What stays is two parts of three at the end: names of one family differ there.
  let from = Math.ceil(letters.length * 0.4);
  let to = from;
  width += size * emsOf('…');
  while (width > room && (from > 1 || to < letters.length - 1)) {
    const front = from / (from + letters.length - to);
    if (from > 1 && (front > 0.4 || to >= letters.length - 1)) width -= wide[--from];
    else width -= wide[to++];
  }
  return `${letters.slice(0, from).join('')}…${letters.slice(to).join('')}`;
}
