/**
 * A text as a CSV cell (RFC 4180): quoted when it holds a comma, a quote or a line break. Null is an empty cell, an empty
 * text a quoted one, so that readers which tell them apart get both back.
 */
export function csvCell(text: string | null): string {
  if (text === null) return '';
  if (text === '') return '""';
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
