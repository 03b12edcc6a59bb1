/** Kinds of options that say how a file is read: its delimiter and its quote, by a word or as they are; its event types. */
import { EVENT_MEANINGS, type EventMeaning } from '../clean/presets.js';
import { pairs } from './composite-kinds.js';
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

/** `theirs=ours`, repeatable; theirs in lower case. */
export function eventMeanings(): Kind<Readonly<Record<string, EventMeaning>>> {
  const plain = pairs('<theirs=ours>', '');
  const meant = (value: Readonly<Record<string, string>> | undefined) => {
    const entries = Object.entries(value ?? {}).map(([theirs, ours]) => [theirs.toLowerCase(), ours] as const);
    const known =
      entries.length > 0 && entries.every(([, ours]) => (EVENT_MEANINGS as readonly string[]).includes(ours));
    return known ? (Object.fromEntries(entries) as Record<string, EventMeaning>) : undefined;
  };
  return {
    placeholder: '<theirs=ours>',
    expected: `pairs as in addtocart=cart, the meaning one of ${EVENT_MEANINGS.join(', ')}`,
    merge: (values) => Object.assign({}, ...values) as Record<string, EventMeaning>,
    fromText: (value) => meant(plain.fromText(value)),
    fromJson: (value) => meant(plain.fromJson(value)),
  };
}

/** A time of ISO 8601 as milliseconds since 1970; without a zone it is UTC. */
export function moment(): Kind<number> {
  const fromText = (value: string) => {
    if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?$/.test(value)) return undefined;
    const zoned = /([T ].*)(Z|[+-]\d{2}:\d{2})$/.test(value) || value.length === 10 ? value : `${value}Z`;
    const milliseconds = Date.parse(zoned.replace(' ', 'T'));
    return Number.isNaN(milliseconds) ? undefined : milliseconds;
  };
  return {
    placeholder: '<time>',
    expected: 'a time as in 2024-05-01T00:00:00Z',
    fromText,
    fromJson: (value) => (typeof value === 'string' ? fromText(value) : undefined),
  };
}
