// Reads plain CSV records straight into columns of doubles. "Plain" is what nearly all records are; any other is left to
// the reader in TypeScript (table/csv-table-reader.ts), which knows every rule.

import { nearest, nearestDouble } from './decimal';

const LF: u8 = 10;
const CR: u8 = 13;

// Kinds of bytes in the table of kinds.
const ORDINARY: u8 = 0;
const DELIMITER: u8 = 1;
const LINE_FEED: u8 = 2;
const RETURN: u8 = 3;
const HIGH: u8 = 4;
// 5: refused.

// Kinds of columns; SPANS is added where the place of the cell's text is kept.
const SKIPPED: u32 = 0;
const NUMBER: u32 = 1;
const TRUTH: u32 = 2;
const CATEGORY: u32 = 3;
// 4: missing, or left to TypeScript.
const SPANS: u32 = 8;

const UNSEEN: f64 = -1;
const SIGNIFICANT: i32 = 19;
/** Longer records are refused, by TypeScript. */
const LONGEST: usize = 1048576;

// The job, as u32 words.
const TEXT: usize = 0;
const COLUMNS: usize = 4;
const SPECS: usize = 8;
const KINDS: usize = 12;
const QUOTE: usize = 16;
/** Bytes above 0x7f are known to be UTF-8. */
const UTF8: usize = 20;
const MISSING: usize = 24;
const MISSING_MASK: usize = 28;
const TABLES: usize = 32;
const STOPPED: usize = 36;
const BLANK: usize = 40;

// A column's spec, 24 bytes: kind, address of its doubles, address and mask of its categories, addresses of starts and ends.
const SPEC: usize = 24;

// A hash table's slot, 24 bytes: value (f64), address and length of the key (length −1: free), hash.
const SLOT: usize = 24;

let looked: f64 = 0;
let digits: u64 = 0;
let exponent: i32 = 0;
let negative: bool = false;

/** FNV-1a. */
// @ts-ignore: decorator
@inline function hashOf(from: usize, to: usize): u32 {
  let hash: u32 = 2166136261;
  for (let at = from; at < to; at++) hash = (hash ^ load<u8>(at)) * 16777619;
  return hash;
}

/** The value under the key [from, to) into `looked`; false when there is none. */
function lookUp(table: usize, mask: u32, from: usize, to: usize): bool {
  const hash = hashOf(from, to);
  const length = <i32>(to - from);
  // Every table has free slots, so the walk ends.
  let entry = table + <usize>(hash & mask) * SLOT;
  for (let known = load<i32>(entry, 12); known >= 0; known = load<i32>(entry, 12)) {
    if (known == length && load<u32>(entry, 16) == hash && memory.compare(load<u32>(entry, 8), from, <usize>length) == 0) {
      looked = load<f64>(entry);
      return true;
    }
    entry += SLOT;
    if (entry > table + <usize>mask * SLOT) entry = table;
  }
  return false;
}

/** Reads a decimal number from `from`; the address behind it, or 0 when none is there or it has too many digits. */
function scanNumber(from: usize, to: usize): usize {
  let at = from;
  negative = false;
  if (at < to) {
    const sign = load<u8>(at);
    negative = sign == 45;
    if (negative || sign == 43) at++;
  }
  let value: u64 = 0;
  let significant = 0;
  let power = 0;
  let any = false;
  for (; at < to; at++) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) break;
    value = value * 10 + digit;
    significant += <i32>(value != 0);
    any = true;
  }
  if (at < to && load<u8>(at) == 46) {
    for (at++; at < to; at++) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) break;
      value = value * 10 + digit;
      significant += <i32>(value != 0);
      power--;
      any = true;
    }
  }
  if (!any || significant > SIGNIFICANT) return 0;
  if (at < to && (load<u8>(at) | 32) == 101) {
    at++;
    let below = false;
    if (at < to) {
      const sign = load<u8>(at);
      below = sign == 45;
      if (below || sign == 43) at++;
    }
    let size = 0;
    const first = at;
    for (; at < to; at++) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) break;
      size = min(size * 10 + <i32>digit, 99999);
    }
    if (at == first) return 0;
    power += below ? -size : size;
  }
  digits = value;
  exponent = power;
  return at;
}

/** Whether [from, to) is `word` in any case; the word is lower case and as long. */
// @ts-ignore: decorator
@inline function isWord(from: usize, length: usize, word: u64): bool {
  let found: u64 = 0;
  for (let i: usize = 0; i < length; i++) found = (found << 8) | (load<u8>(from + i) | 32);
  return found == word;
}

const TRUE: u64 = 0x74727565;
const FALSE: u64 = 0x66616c7365;

/** A cell's value into `looked`; false when the cell is left to TypeScript. */
function readCell(kind: u32, spec: usize, job: usize, start: usize, end: usize): bool {
  let from = start, to = end;
  while (from < to && (load<u8>(from) == 32 || load<u8>(from) == 9)) from++;
  while (from < to && (load<u8>(to - 1) == 32 || load<u8>(to - 1) == 9)) to--;
  if (from == to) {
    looked = NaN;
    return true;
  }
  // A no-break space at an end is C2 A0.
  if (load<u8>(from) == 0xc2 || load<u8>(to - 1) == 0xa0) return false;
  if (kind == CATEGORY) {
    if (!lookUp(load<u32>(spec, 8), load<u32>(spec, 12), from, to)) looked = UNSEEN;
    return true;
  }
  if (to - from <= 4 && lookUp(load<u32>(job, MISSING), load<u32>(job, MISSING_MASK), from, to)) return true;
  if (kind == TRUTH) {
    const length = to - from;
    if (length == 4 && isWord(from, 4, TRUE)) looked = 1;
    else if (length == 5 && isWord(from, 5, FALSE)) looked = 0;
    else return false;
    return true;
  }
  if (kind != NUMBER || scanNumber(from, to) != to || !nearestDouble(digits, exponent, negative, load<u32>(job, TABLES))) return false;
  looked = nearest;
  return true;
}

/** Reads the record at `from` into row `row`; the address behind it, or 0 when it is left to TypeScript. */
function readRecord(job: usize, from: usize, end: usize, row: usize): usize {
  const text: usize = load<u32>(job, TEXT);
  const kinds: usize = load<u32>(job, KINDS);
  /** 256 where no field is quoted. */
  const quote = load<u32>(job, QUOTE);
  const utf8 = load<u32>(job, UTF8) != 0;
  const tables: usize = load<u32>(job, TABLES);
  let spec: usize = load<u32>(job, SPECS);
  const last = spec + <usize>load<u32>(job, COLUMNS) * SPEC;
  let at = from;
  while (spec < last) {
    const kind = load<u32>(spec) & 7;
    let start = at;
    let stop = at;
    let read = kind == SKIPPED;
    if (at < end && <u32>load<u8>(at) == quote) {
      start = ++at;
      for (; at < end; at++) {
        const byte = load<u8>(at);
        if (<u32>byte == quote) break;
        const what = load<u8>(kinds + byte);
        if (what > DELIMITER && (what != HIGH || !utf8)) return 0;
      }
      if (at >= end) return 0;
      stop = at++;
      if (at < end) {
        const what = load<u8>(kinds + load<u8>(at));
        if (what == RETURN) {
          if (at + 1 >= end || load<u8>(at + 1) != LF) return 0;
        } else if (what != DELIMITER && what != LINE_FEED) return 0;
      }
    } else {
      if (kind == NUMBER) {
        // Most cells are numbers and nothing else: read and passed over in one go.
        const behind = scanNumber(at, end);
        if (behind != 0) {
          const what = behind < end ? load<u8>(kinds + load<u8>(behind)) : LINE_FEED;
          if ((what == DELIMITER || what == LINE_FEED) && nearestDouble(digits, exponent, negative, tables)) {
            looked = nearest;
            read = true;
            at = behind;
          }
        }
      }
      for (; at < end; at++) {
        const what = load<u8>(kinds + load<u8>(at));
        if (what == ORDINARY) continue;
        if (what <= LINE_FEED) break;
        if (what == HIGH && utf8) continue;
        if (what == RETURN && at + 1 < end && load<u8>(at + 1) == LF) break;
        return 0;
      }
      stop = at;
    }
    if (kind != SKIPPED) {
      if (!read && !readCell(kind, spec, job, start, stop)) return 0;
      store<f64>(<usize>load<u32>(spec, 4) + (row << 3), looked);
    }
    if ((load<u32>(spec) & SPANS) != 0) {
      store<u32>(<usize>load<u32>(spec, 16) + (row << 2), <u32>(start - text));
      store<u32>(<usize>load<u32>(spec, 20) + (row << 2), <u32>(stop - text));
    }
    spec += SPEC;
    const byte = at < end ? load<u8>(at) : LF;
    if (byte == LF || byte == CR) {
      if (spec != last) return 0;
      at = min(end, at + (byte == CR ? 2 : 1));
      return at - from > LONGEST ? 0 : at;
    }
    at++;
  }
  return 0;
}

/**
 * Reads records of [from, to), offsets into the job's text, into rows `row`, `row + 1`, … of the columns, at most up to row
 * `most`. Returns the row behind the last; the job then says at which offset it stopped (at `to`, or at the start of a
 * record that is left to TypeScript) and how many empty lines it passed over.
 */
export function readCsvCells(job: usize, from: u32, to: u32, row: i32, most: i32): i32 {
  const text: usize = load<u32>(job, TEXT);
  const end = text + to;
  let at = text + from;
  let blank: u32 = 0;
  while (row < most) {
    while (at < end) {
      const byte = load<u8>(at);
      if (byte == LF) at++;
      else if (byte == CR && at + 1 < end && load<u8>(at + 1) == LF) at += 2;
      else break;
      blank++;
    }
    if (at >= end) break;
    const next = readRecord(job, at, end, <usize>row);
    if (next == 0) break;
    at = next;
    row++;
  }
  store<u32>(job, <u32>(at - text), STOPPED);
  store<u32>(job, blank, BLANK);
  return row;
}
