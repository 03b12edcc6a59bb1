/** Contributions as bars of text around a middle line: what lowers the answer to the left, what raises it to the right. */
import { stripVTControlCharacters } from 'node:util';
import type { Page } from './command.js';
import { cut, plainLength } from './wording.js';

export interface BarLine {
  readonly text: string;
  /** "+12.3": right-aligned beside the text. */
  readonly figure: string;
  readonly value: number;
}

/** Eighths of a character, for ends of bars that grow to the right. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Lines indented by two spaces. The text column gives way first; below 50 columns there are no bars. */
export function contributionBars(lines: readonly BarLine[], { style, width }: Page): string[] {
  const figures = Math.max(...lines.map(({ figure }) => figure.length));
  const longest = Math.max(...lines.map(({ text }) => plainLength(safeText(text))));
  const room = width - 4 - figures;
  const bars = width < 50 ? 0 : Math.max(16, Math.min(44, room - Math.min(longest, Math.floor(room * 0.6)) - 2));
  const texts = Math.max(8, Math.min(longest, room - (bars > 0 ? bars + 2 : 0)));
  const sizes = lines.map(({ value }) => Math.abs(value));
  const left = Math.max(0, ...lines.map(({ value }) => -value));
  const right = Math.max(0, ...lines.map(({ value }) => value));
  const span = left + right || 1;
  const leftCells = bars === 0 ? 0 : Math.round((bars * left) / span);
  return lines.map(({ text, figure, value }, i) => {
    const safe = safeText(text);
    const shown = plainLength(safe) <= texts ? safe : cut(safe, texts);
    const label = shown + ' '.repeat(Math.max(0, texts - plainLength(shown)));
    const start = `  ${label}  ${figure.padStart(figures)}`;
    if (bars === 0) return start;
    const cells = (bars * sizes[i]) / span;
    const bar =
      value < 0
        ? ' '.repeat(Math.max(0, leftCells - Math.round(cells))) + style.red('█'.repeat(Math.round(cells)))
        : ' '.repeat(leftCells) + style.green(growing(cells));
    return `${start}  ${bar}`.trimEnd();
  });
}

function growing(cells: number): string {
  const eighths = Math.round(cells * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** A name or cell of somebody's file must not move the cursor or end the line. */
export function safeText(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '·');
}
