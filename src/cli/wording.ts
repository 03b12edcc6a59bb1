/** Numbers, durations and paragraphs as people read them. The same in every locale. */
import { stripVTControlCharacters } from 'node:util';

/** 1234567 → "1,234,567" */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Significant to `digits` decimals; "–" where there is no number. */
export function decimal(value: number | null | undefined, digits = 4): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

/** A share as a percentage; small shares keep two digits that matter. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–';
  const value = share * 100;
  return `${value !== 0 && Math.abs(value) < 1 ? value.toPrecision(2) : value.toFixed(1)}%`;
}

/** 0.4 s, 12.3 s, 2 min 05 s, 1 h 02 min */
export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value < 60) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  const two = (part: number) => String(part).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** `1 row`, `2 rows` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Breaks a text, styled or not, into lines of at most `width` characters, at spaces. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && plainLength(line) + 1 + plainLength(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Characters on the screen, styles not counted. */
export function plainLength(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** At most `width` characters, the cut marked. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}
