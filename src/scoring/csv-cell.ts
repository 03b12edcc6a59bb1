/** A text as a CSV cell (RFC 4180): quoted when it holds a comma, a quote or a line break; null is empty. */
export function csvCell(text: string | null): string {
  if (text === null) return '';
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
