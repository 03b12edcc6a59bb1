/** Sentences under a result, broken at the terminal's width. */
import type { Page } from './command.js';
import { wrap } from './wording.js';

/** Remarks, each with a mark before it. */
export function notes(remarks: readonly string[], { style, width }: Page): string[] {
  return remarks.flatMap((remark) =>
    wrap(remark, width - 6).map((line, i) => (i === 0 ? `  ${style.dim('·')} ${line}` : `    ${line}`)),
  );
}

/** A sentence, indented like the tables. */
export function sentence(text: string, { width }: Page): string[] {
  return wrap(text, width - 3).map((line, i) => (i === 0 ? `  ${line}` : `    ${line}`));
}
