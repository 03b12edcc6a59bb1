import type { KernelMemory } from '../memory.js';
import { plainNearestDouble } from './decimal.js';

const SPEC_WORDS = 6;
const SLOT = 24;
const LONGEST = 2 ** 20;
const [DELIMITER, LINE_FEED, RETURN, HIGH] = [1, 2, 3, 4];
const [SKIPPED, NUMBER, TRUTH, CATEGORY, SPANS] = [0, 1, 2, 3, 8];
const NUMBER_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

interface Place {
  readonly start: number;
  readonly stop: number;
  readonly next: number;
}

export function plainCsvCells(memory: KernelMemory) {
  /** The value under a key of a hash table, by looking at every slot. */
  const lookUp = (table: number, mask: number, key: Buffer): number | undefined => {
    const view = new DataView(memory.memory.buffer, table, (mask + 1) * SLOT);
    for (let slot = 0; slot <= mask; slot++) {
      const length = view.getInt32(slot * SLOT + 12, true);
      if (length === key.length && key.equals(memory.u8(view.getUint32(slot * SLOT + 8, true), length)))
        return view.getFloat64(slot * SLOT, true);
    }
    return undefined;
  };

  const number = (text: string, tables: number): number | undefined => {
    const match = NUMBER_TEXT.exec(text);
    if (match === null) return undefined;
    const [, sign, whole, fraction = '', power = '0'] = match;
    const digits = (whole + fraction).replace(/^0+/, '');
    if (whole + fraction === '' || digits.length > 19) return undefined;
    const exponent = Math.sign(Number(power)) * Math.min(99999, Math.abs(Number(power))) - fraction.length;
    return plainNearestDouble(BigInt(digits || '0'), exponent, sign === '-', memory, tables);
  };

  /** Undefined: left to the reader. */
  const cell = (kind: number, spec: Uint32Array, job: Uint32Array, bytes: Buffer): number | undefined => {
    const text = bytes.toString('latin1').replace(/^[ \t]+|[ \t]+$/g, '');
    const trimmed = Buffer.from(text, 'latin1');
    if (text === '') return Number.NaN;
    if (text[0] === '\u00c2' || text.endsWith('\u00a0')) return undefined;
    if (kind === CATEGORY) return lookUp(spec[2], spec[3], trimmed) ?? -1;
    const missing = text.length <= 4 ? lookUp(job[6], job[7], trimmed) : undefined;
    if (missing !== undefined) return missing;
    if (kind === TRUTH) return { true: 1, false: 0 }[text.toLowerCase()];
    return kind === NUMBER ? number(text, job[8]) : undefined;
  };

  return {
    readCsvCells(jobAt: number, from: number, to: number, firstRow: number, most: number): number {
      const job = memory.u32(jobAt, 11);
      const text = Buffer.from(memory.memory.buffer, job[0], to);
      const kindOf = (at: number) => memory.u8(job[3], 256)[text[at]];
      const utf8 = job[5] !== 0;
      const endsAt = (at: number): number | undefined => {
        if (at >= to) return at;
        if (kindOf(at) === LINE_FEED) return at + 1;
        return kindOf(at) === RETURN && text[at + 1] === 10 && at + 1 < to ? at + 2 : undefined;
      };
      const field = (at: number): Place | undefined => {
        const quoted = at < to && text[at] === job[4];
        let stop = quoted ? at + 1 : at;
        for (; stop < to; stop++) {
          if (quoted ? text[stop] === job[4] : kindOf(stop) === DELIMITER || endsAt(stop) !== undefined) break;
          const kind = kindOf(stop);
          if (kind > DELIMITER && !(kind === HIGH && utf8)) return undefined;
        }
        if (!quoted) return { start: at, stop, next: stop };
        if (stop >= to) return undefined;
        if (endsAt(stop + 1) === undefined && kindOf(stop + 1) !== DELIMITER) return undefined;
        return { start: at + 1, stop, next: stop + 1 };
      };
      const record = (begin: number, row: number): number => {
        let at = begin;
        for (let column = 0; column < job[1]; column++) {
          const spec = memory.u32(job[2] + column * SPEC_WORDS * 4, SPEC_WORDS);
          const place = field(at);
          if (place === undefined) return 0;
          const kind = spec[0] & 7;
          if (kind !== SKIPPED) {
            const value = cell(kind, spec, job, text.subarray(place.start, place.stop));
            if (value === undefined) return 0;
            memory.f64(spec[1] + row * 8, 1)[0] = value;
          }
          if ((spec[0] & SPANS) !== 0) {
            memory.u32(spec[4] + row * 4, 1)[0] = place.start;
            memory.u32(spec[5] + row * 4, 1)[0] = place.stop;
          }
          const end = endsAt(place.next);
          if (end !== undefined) return column === job[1] - 1 && end - begin <= LONGEST ? end : 0;
          at = place.next + 1;
        }
        return 0;
      };
      let at = from;
      let row = firstRow;
      let blank = 0;
      while (row < most) {
        while (at < to && (text[at] === 10 || (text[at] === 13 && text[at + 1] === 10 && at + 1 < to))) {
          at += text[at] === 10 ? 1 : 2;
          blank++;
        }
        const next = at < to ? record(at, row) : 0;
        if (next === 0) break;
        at = next;
        row++;
      }
      job[9] = at;
      job[10] = blank;
      return row;
    },
  };
}
