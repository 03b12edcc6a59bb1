/** Kinds of options that say how a file is written: its delimiter and its quote, by a word or as they are. */
import { type Kind, text } from './option-kinds.js';

const DELIMITER_WORDS: Readonly<Record<string, string>> = {
  comma: ',',
  tab: '\t',
  semicolon: ';',
  bar: '|',
  space: ' ',
  '\\t': '\t',
};

/** A word, or one to four characters of ASCII without line break and quote. */
export function delimiter(): Kind<string> {
  const fromText = (value: string) =>
    DELIMITER_WORDS[value.toLowerCase()] ??
    (value.length >= 1 && value.length <= 4 && [...value].every(canDelimit) ? value : undefined);
  return {
    ...text('<characters>'),
    expected: 'one to four characters (no line break, no double quote), or one of comma, tab, semicolon, bar, space',
    fromText,
    fromJson: (value) => (typeof value === 'string' ? fromText(value) : undefined),
  };
}

function canDelimit(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code > 0 && code < 0x7f && character !== '\n' && character !== '\r' && character !== '"';
}

const QUOTE_WORDS: Readonly<Record<string, string>> = { double: '"', single: "'", none: '' };

/** The quote itself: "", ' or another character of ASCII, none as the empty text. */
export function quote(): Kind<string> {
  const fromText = (value: string) =>
    QUOTE_WORDS[value.toLowerCase()] ?? (/^[!-/:-@[-`{-~]$/.test(value) ? value : undefined);
  return {
    ...text('<character>'),
    expected: 'one character that is no letter and no digit, or one of double, single, none',
    fromText,
    fromJson: (value) => (typeof value === 'string' ? fromText(value) : undefined),
  };
}
