/**
 * Texts that a spreadsheet cannot take for a formula (CSV injection). The rule is OWASP's ("CSV Injection"): a cell that
 * begins with = + - @, a tab or a line break gets an apostrophe before it, and so does what stands in a cell behind a
 * semicolon, tab or line break, where a spreadsheet that splits at these would begin a new cell. The full-width
 * forms of the four signs count too: some spreadsheets read them alike. A cell that is a plain number stays one.
 */
const AT_START = /^("*)(?=[=+\-@\t\r\n＝＋－＠])/;
const BEHIND_SEPARATOR = /([;\t\r\n]"*)(?=[=+\-@\t\r\n＝＋－＠])/g;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function formulaSafe(text: string): string {
  return NUMBER.test(text) ? text : text.replace(BEHIND_SEPARATOR, "$1'").replace(AT_START, "$1'");
}
