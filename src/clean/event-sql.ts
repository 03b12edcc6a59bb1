/**
 * How one cell of an event is parsed, as SQL over a text: pure text building, it runs nothing and sees no data.
 */

/** A text without surrounding spaces (also no-break ones), tabs and line breaks; NULL if nothing is left. */
export function trimmed(column: string): string {
  const ends = [' ', '\t', '\n', '\r', '\u00a0'];
  // Trimming costs some 400 ns a text and is hardly ever needed; seeing that it is not costs 50. Every text that begins
  // with a space, a tab or a line break sorts below '!'.
  const needed = [
    `${column} < '!'`,
    `prefix(${column}, '\u00a0')`,
    ...ends.map((end) => `suffix(${column}, '${end}')`),
  ];
  return `CASE WHEN ${needed.join(' OR ')} THEN nullif(trim(${column}, '${ends.join('')}'), '') ELSE ${column} END`;
}

const DATE_AND_TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}[ Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?';
const ZONE = ' ?([Zz]|UTC|GMT|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)';

/**
 * A TIMESTAMP in UTC, or NULL if the text is no time: `2019-10-01 00:00:00 UTC`, ISO 8601 with Z, with an offset
 * (±hh, ±hhmm, ±hh:mm up to 14 hours) or without a zone, which is taken as UTC. Fractions of a second are cut to
 * microseconds. The first form, which the public data has, is tried first because it is several times as fast.
 */
export function timeSql(text: string): string {
  const local = `try_cast(regexp_extract(replace(replace(${text}, 'T', ' '), 't', ' '), '^[0-9-]{10} [0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?') AS TIMESTAMP)`;
  const part = (group: number) => `coalesce(try_cast(${offsetSql(text, group)} AS INTEGER), 0)`;
  const minutes = `(CASE WHEN ${offsetSql(text, 1)} = '-' THEN -1 ELSE 1 END) * (${part(2)} * 60 + ${part(3)})`;
  const iso = `CASE WHEN regexp_full_match(${text}, '${DATE_AND_TIME}(${ZONE})?') THEN ${local} - to_minutes(${minutes}) END`;
  return `coalesce(try_strptime(${text}, '%Y-%m-%d %H:%M:%S UTC'), ${iso})`;
}

/** Sign, hours or minutes (groups 1 to 3) of a time's offset; empty when it has none. */
function offsetSql(text: string, group: number): string {
  return `regexp_extract(${text}, ':[0-9.]+ ?([+-])([0-9]{2}):?([0-9]{2})?$', ${group})`;
}

/** Whether a time that parsed was given with an offset from UTC. */
export function shiftedSql(text: string): string {
  // CASE looks at the second branch only for the rows that reach it; AND would not.
  return `CASE WHEN suffix(${text}, 'UTC') THEN false ELSE ${offsetSql(text, 1)} <> '' END`;
}

/** A DOUBLE, NULL if the text is no number in digits (so `inf`, `nan`, `1_000` and `1,5` are none). */
export function numberSql(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') THEN try_cast(${text} AS DOUBLE) END`;
}
