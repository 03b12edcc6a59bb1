/**
 * Which multi-byte encoding a text is in, guessed from the places of its pairs of bytes: each encoding keeps the characters of
 * daily use in a part of its own. It decides only between these encodings and "none of them".
 */
import { type MultiByteEncoding, pairTable } from './multi-byte-tables.js';

interface Guess {
  readonly encoding: MultiByteEncoding;
  /** Whether a pair lies where the common characters of the encoding are. */
  readonly common: (lead: number, trail: number) => boolean;
}

/** In the order of preference where two fit alike: the narrower part first. */
const GUESSES: readonly Guess[] = [
  // Hangul of KS X 1001.
  { encoding: 'euc-kr', common: (lead, trail) => lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1 },
  // Kana, and the kanji of the first level.
  {
    encoding: 'shift_jis',
    common: (lead, trail) =>
      (lead === 0x82 && trail >= 0x9f) ||
      (lead === 0x83 && trail <= 0x96) ||
      (lead >= 0x88 && lead <= 0x97) ||
      lead === 0x81,
  },
  // The frequently used characters.
  { encoding: 'big5', common: (lead) => lead >= 0xa4 && lead <= 0xc6 },
  // Level 1 of GB 2312, and its punctuation.
  {
    encoding: 'gb18030',
    common: (lead, trail) => trail >= 0xa1 && ((lead >= 0xb0 && lead <= 0xd7) || lead === 0xa1 || lead === 0xa3),
  },
];

/** Fewer pairs say nothing. */
const FEWEST = 3;
/** So many of the pairs must be common ones. */
const SHARE = 0.7;

/** `sample` may end within a character. */
export function guessMultiByte(sample: Uint8Array): MultiByteEncoding | undefined {
  let best: MultiByteEncoding | undefined;
  let most = SHARE;
  for (const { encoding, common } of GUESSES) {
    const share = commonShare(sample, encoding, common);
    if (share <= most) continue;
    most = share;
    best = encoding;
  }
  return best;
}

/** Of the pairs those that are common; 0 when some bytes are no characters, or there are too few. */
function commonShare(sample: Uint8Array, encoding: MultiByteEncoding, common: Guess['common']): number {
  const { single, pair } = pairTable(encoding);
  let pairs = 0;
  let fitting = 0;
  for (let i = 0; i < sample.length; ) {
    const byte = sample[i];
    if (byte < 0x80) {
      i++;
      continue;
    }
    if (single[byte] !== 0) {
      // Half-width kana, a euro sign: they say nothing.
      i++;
      continue;
    }
    if (i + 1 >= sample.length) break;
    const trail = sample[i + 1];
    if (encoding === 'gb18030' && trail >= 0x30 && trail <= 0x39 && sample[i + 2] >= 0x81) {
      pairs++;
      i += 4;
      continue;
    }
    if (pair[byte * 256 + trail] === 0) return 0;
    pairs++;
    if (common(byte, trail)) fitting++;
    i += 2;
  }
  return pairs < FEWEST ? 0 : fitting / pairs;
}
