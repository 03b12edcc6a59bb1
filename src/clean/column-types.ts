/**
 * The type of each column of a labelled table, decided from all of its rows (never a sample) by these rules, or given
 * by a schema (a bundle's, so that a scored file is read as the trained one was). It counts; it changes no value.
 *
 * A cell is missing if it is blank or one of MISSING_WORDS. Of the others, the first rule that fits:
 * 1. none at all: `empty`
 * 2. all true or false, in any case: `boolean`
 * 3. at least 99% numbers: `numeric`; the odd cells are then faults and their rows rejected. Numbers are digits with an
 *    optional point and exponent (or as the input writes them: decimal comma, amounts of money), or a spelled infinity, which stays an infinity; past 1.8e308 is an infinity too.
 *    But codes stay text: a column where an integer has leading zeros (007) or reaches 2^53 (digits would be lost)
 * 4. all dates or times as in events, a date alone being its midnight: `time`
 * 5. else `categorical`; a column that is part numbers says what share is not
 */
import { MISSING_WORDS } from '../table/cell-values.js';
import type { DetectedInput } from '../table/detect-input.js';
import type { Cell, Database } from '../table/duckdb.js';
import { literal } from '../table/duckdb.js';
import type { DateFormat, ValueFormat } from '../table/value-format.js';
import { amountSql, commaNumberSql, timeSql } from './event-sql.js';

export type TableColumnType = 'numeric' | 'boolean' | 'categorical' | 'time' | 'empty';

/** A column's name and type, as a bundle keeps it. */
export interface TableColumn {
  readonly name: string;
  readonly type: TableColumnType;
}

export interface InferredColumn extends TableColumn {
  /** Numeric only: every value is an integer below 2^53 in magnitude. */
  readonly integers: boolean;
  readonly infinite: number;
  readonly note?: string;
}

export const NUMERIC_SHARE = 0.99;

/** A text that `trimmed` made, NULL if it is a word for missing. */
export function presentSql(text: string): string {
  const longest = Math.max(...MISSING_WORDS.map((word) => word.length));
  // Not NOT IN: DuckDB makes a join of each long list, and a table of 300 columns then takes minutes and gigabytes.
  const words = MISSING_WORDS.map((word) => `WHEN ${literal(word)} THEN NULL`).join(' ');
  return `CASE WHEN length(${text}) > ${longest} THEN ${text} ELSE CASE ${text} ${words} ELSE ${text} END END`;
}

/** A DOUBLE (perhaps infinite), NULL if the text is no number as the input writes numbers. */
export function cellNumberSql(text: string, { decimal, amounts }: ValueFormat): string {
  const forms = [
    ...(decimal === ',' ? [commaNumberSql(text)] : []),
    plainNumberSql(text),
    ...(amounts ? [amountSql(text, decimal)] : []),
  ];
  return forms.length === 1 ? forms[0] : `coalesce(${forms.join(', ')})`;
}

function plainNumberSql(text: string): string {
  // The cast takes digit groups (1_000) and spelled NaNs too, which are no numbers here.
  return `CASE WHEN NOT contains(${text}, '_') AND NOT isnan(try_cast(${text} AS DOUBLE)) THEN try_cast(${text} AS DOUBLE) END`;
}

export function cellTimeSql(text: string, { date }: ValueFormat): string {
  const iso = timeSql(`(CASE WHEN length(${text}) = 10 THEN ${text} || ' 00:00' ELSE ${text} END)`);
  return DATE_ORDERED.includes(date) ? `coalesce(${timeSql(text, date)}, ${iso})` : iso;
}

/** Epochs stay numbers in a table, but where they are asked for. */
const DATE_ORDERED: readonly DateFormat[] = ['day-first', 'month-first', 'year-first'];

/** Cheap and necessary for a time: only columns of which it holds everywhere are looked at as times. */
function datedSql(text: string, { date }: ValueFormat): string {
  return DATE_ORDERED.includes(date)
    ? `regexp_matches(${text}, '^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]')`
    : `${text} LIKE '____-__-__%'`;
}

export function cellBooleanSql(text: string): string {
  return `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END`;
}

/** DuckDB's time to plan a query grows faster than its columns, so a wide table is asked about in parts. */
export const COLUMNS_A_QUERY = 64;

/** The rows of queries over some columns each, as one. */
export async function byColumns(
  columns: readonly number[],
  ask: (some: readonly number[]) => Promise<Record<string, Cell>>,
): Promise<Record<string, Cell>> {
  const answers: Record<string, Cell> = {};
  for (let from = 0; from < columns.length; from += COLUMNS_A_QUERY)
    Object.assign(answers, await ask(columns.slice(from, from + COLUMNS_A_QUERY)));
  return answers;
}

/** Types of the columns v0, v1, …, each in the relation that `cells` says; rows with `broken` TRUE do not count. */
export async function inferTypes(
  db: Database,
  input: DetectedInput,
  cells: (column: number) => string,
): Promise<InferredColumn[]> {
  const all = input.columns.map((_, c) => c);
  const shape = await byColumns(all, (some) =>
    db.row(
      `SELECT ${some
        .map(
          (c) => `count(v${c}) AS n${c}, count(${cellNumberSql(`v${c}`, input.values)}) AS number${c},
          count(*) FILTER (lower(v${c}) IN ('true', 'false')) AS boolean${c},
          count(*) FILTER (${datedSql(`v${c}`, input.values)}) AS dated${c}`,
        )
        .join(', ')} FROM ${cells(some[0])} WHERE NOT broken`,
    ),
  );
  const numeric = all.filter((c) => {
    const values = Number(shape[`n${c}`]);
    return values > 0 && Number(shape[`number${c}`]) >= NUMERIC_SHARE * values;
  });
  const dated = all.filter((c) => Number(shape[`n${c}`]) > 0 && shape[`dated${c}`] === shape[`n${c}`]);
  // The expensive looks are taken at the few values a cheap one points to; CASE, unlike AND, spares the others.
  const detail = await byColumns(all, (some) =>
    db.row(
      `SELECT count(*) AS rows ${numeric
        .filter((c) => some.includes(c))
        .map((c) => {
          const x = cellNumberSql(`v${c}`, input.values);
          return `, count(*) FILTER (isinf(${x})) AS infinite${c},
          coalesce(bool_and(${x} = trunc(${x}) AND abs(${x}) < 9007199254740992), true) AS integers${c},
          count(*) FILTER (CASE WHEN v${c} >= '00' AND v${c} < '0:' THEN regexp_full_match(v${c}, '[0-9]+') END) AS zeros${c},
          count(*) FILTER (CASE WHEN abs(${x}) >= 9007199254740992 THEN regexp_full_match(v${c}, '[+-]?[0-9]+') END) AS long${c}`;
        })
        .join('')} ${dated
        .filter((c) => some.includes(c))
        .map((c) => `, count(${cellTimeSql(`v${c}`, input.values)}) AS time${c}`)
        .join('')}
     FROM ${cells(some[0])} WHERE NOT broken`,
    ),
  );
  return all.map((c) => {
    const values = Number(shape[`n${c}`]);
    const numbers = Number(shape[`number${c}`]);
    const column = { name: input.columns[c].name, integers: false, infinite: 0 };
    const declared = declaredType(input.columns[c].type);
    if (values === 0) return { ...column, type: 'empty' };
    if (declared !== undefined && declared !== 'numeric') return { ...column, type: declared };
    if (Number(shape[`boolean${c}`]) === values) return { ...column, type: 'boolean' };
    if (numeric.includes(c)) {
      const coded = codeNote(Number(detail[`zeros${c}`]), Number(detail[`long${c}`]));
      if (coded !== undefined && declared === undefined) return { ...column, type: 'categorical', note: coded };
      const infinite = Number(detail[`infinite${c}`]);
      const notes = [
        ...(numbers < values ? [`${values - numbers} values are no numbers: their rows are rejected`] : []),
        ...(infinite > 0 ? [`${infinite} values are infinite`] : []),
      ];
      return {
        ...column,
        type: 'numeric',
        integers: detail[`integers${c}`] === true,
        infinite,
        ...(notes.length > 0 ? { note: notes.join('; ') } : {}),
      };
    }
    if (dated.includes(c) && Number(detail[`time${c}`]) === values) return { ...column, type: 'time' };
    const odd = (100 * (values - numbers)) / values;
    const note = numbers > 0 ? { note: `${odd.toFixed(2)}% of its values are no numbers: read as categories` } : {};
    return { ...column, type: 'categorical', ...note };
  });
}

function codeNote(leadingZeros: number, long: number): string | undefined {
  if (leadingZeros > 0) return `numbers with leading zeros (${leadingZeros}): read as codes`;
  return long > 0 ? `integers of 2^53 or more (${long}): read as codes, every digit kept` : undefined;
}

/** What a Parquet column's own type says; undefined for CSV, whose cells are all text, decide by the rules. */
function declaredType(type: string): TableColumnType | undefined {
  if (type === 'VARCHAR') return undefined;
  if (type === 'BOOLEAN') return 'boolean';
  if (/^(TIMESTAMP|DATE)/.test(type)) return 'time';
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(type) ? 'numeric' : 'categorical';
}
