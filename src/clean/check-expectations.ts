/**
 * Holds clean rows against expectations: each column's rules are counted in one pass over that column, set-based, and only
 * for a rule that is not met are its rows looked up, all of them. Rows of rules whose severity is `reject` move from the
 * clean relation to `clean_rejects`. It reads no file and throws nothing: what follows is the caller's.
 */
import { type Database, identifier, literal } from '../table/duckdb.js';
import { CLEAN_REJECTS } from './clean-events.js';
import type { Expectation } from './expectation.js';
import type { Expectations, ExpectedColumn, RowRule, Rule, Severity } from './expectations.js';

/** (source_row, "column", rule, severity, value, expected): every row that fails a rule, rejected ones too. */
export const EXPECTATION_FAILURES = 'expectation_failures';

/**
 * `columns` are those of `relation` after source_row. `asOf` is the moment that freshness counts from, in milliseconds.
 * The report is in the order of the expectations: columns, then the whole.
 */
export async function checkExpectations(
  db: Database,
  relation: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  expectations: Expectations,
  asOf: number,
): Promise<Expectation[]> {
  await db.run(
    `CREATE OR REPLACE TABLE ${EXPECTATION_FAILURES} (source_row BIGINT, "column" VARCHAR, rule VARCHAR, severity VARCHAR, value VARCHAR, expected VARCHAR)`,
  );
  const report: Expectation[] = [];
  const typeOf = new Map(columns.map(({ name, type }) => [name, type]));
  for (const column of expectations.columns) {
    const type = typeOf.get(column.name);
    if (type !== undefined) report.push(...(await checkColumn(db, relation, column, type)));
  }
  report.push(...(await checkWhole(db, relation, columns, expectations, asOf)));
  await rejectFailures(db, relation);
  return report;
}

async function checkColumn(
  db: Database,
  relation: string,
  column: ExpectedColumn,
  type: string,
): Promise<Expectation[]> {
  const cell = identifier(column.name);
  const rules = await rowRules(db, column, type);
  const counts = await db.row(
    `SELECT count(*) AS n, count(${cell}) AS filled ${rules
      .map(({ fails }, r) => (fails === undefined ? '' : `, count(*) FILTER (WHERE ${fails}) AS f${r}`))
      .join('')} FROM ${relation}`,
  );
  const report: Expectation[] = [];
  for (const [r, { rule, fails, expected }] of rules.entries()) {
    const rows = fails === undefined ? await duplicates(db, relation, cell) : Number(counts[`f${r}`]);
    const severity = severityOf(column, rule);
    report.push({ column: column.name, rule, severity, expected, found: `${rows} rows fail`, rows, met: rows === 0 });
    if (rows === 0) continue;
    const failing =
      fails === undefined
        ? `${relation} WHERE ${cell} IS NOT NULL QUALIFY row_number() OVER (PARTITION BY ${cell} ORDER BY source_row) > 1`
        : `${relation} WHERE ${fails}`;
    await db.run(`INSERT INTO ${EXPECTATION_FAILURES}
      SELECT source_row, ${literal(column.name)}, ${literal(rule)}, '${severity}', CAST(${cell} AS VARCHAR), ${literal(expected)} FROM ${failing}`);
  }
  await dropEnum(db);
  report.push(...(await wholeColumn(db, column, Number(counts.n), Number(counts.filled))));
  return report;
}

interface CheckedRule {
  readonly rule: RowRule;
  readonly expected: string;
  /** True for a row that fails; absent for uniqueness, which no row fails by itself. */
  readonly fails?: string;
}

const ENUM_VALUES = 'expected_values';

async function rowRules(db: Database, column: ExpectedColumn, type: string): Promise<CheckedRule[]> {
  const cell = identifier(column.name);
  const rules: CheckedRule[] = [];
  const add = (rule: RowRule, expected: string, fails?: string) =>
    rules.push({ rule, expected, ...(fails === undefined ? {} : { fails }) });
  if (!column.nullable) add('null', 'a value in every row', `${cell} IS NULL`);
  if (type === 'numeric') {
    if (column.type === 'integer') add('integer', 'whole numbers', `${cell} <> trunc(${cell})`);
    const bounds = [
      ['minimum', '<', 'at least'],
      ['maximum', '>', 'at most'],
      ['exclusiveMinimum', '<=', 'above'],
      ['exclusiveMaximum', '>=', 'below'],
    ] as const;
    for (const [rule, fails, says] of bounds)
      if (column[rule] !== undefined) add(rule, `${says} ${column[rule]}`, `${cell} ${fails} ${column[rule]}::DOUBLE`);
  }
  if (type === 'time') {
    const { formatMinimum: from, formatMaximum: to } = column;
    if (from !== undefined) add('formatMinimum', `from ${from}`, `${cell} < CAST(${literal(from)} AS TIMESTAMP)`);
    if (to !== undefined) add('formatMaximum', `to ${to}`, `${cell} > CAST(${literal(to)} AS TIMESTAMP)`);
  }
  if (column.enum !== undefined) {
    const text =
      type === 'categorical' ? cell : `CAST(CAST(${cell} AS ${type === 'numeric' ? 'DOUBLE' : 'VARCHAR'}) AS VARCHAR)`;
    const values = column.enum.map((value) =>
      // A text that is no number is none of a numeric column's: it stays a text, which no cell is.
      type === 'numeric' && !Number.isNaN(Number(value))
        ? `CAST('${Number(value)}'::DOUBLE AS VARCHAR)`
        : literal(String(value)),
    );
    // A hash table of the values, made once: a list in the statement would be compared value by value, row by row.
    await db.run(`CREATE OR REPLACE TEMP TABLE ${ENUM_VALUES} (value VARCHAR)`);
    for (let from = 0; from < values.length; from += 1000)
      await db.run(
        `INSERT INTO ${ENUM_VALUES} VALUES ${values
          .slice(from, from + 1000)
          .map((value) => `(${value})`)
          .join(', ')}`,
      );
    const expected = `one of ${column.enum.length > 5 ? `${column.enum.length} values` : column.enum.join(', ')}`;
    add('enum', expected, `${cell} IS NOT NULL AND ${text} NOT IN (SELECT value FROM ${ENUM_VALUES})`);
  }
  if (type === 'categorical') {
    const { pattern, minLength, maxLength } = column;
    if (pattern !== undefined)
      add('pattern', `matching ${pattern}`, `NOT regexp_matches(${cell}, ${literal(pattern)})`);
    if (minLength !== undefined) add('minLength', `at least ${minLength} characters`, `length(${cell}) < ${minLength}`);
    if (maxLength !== undefined) add('maxLength', `at most ${maxLength} characters`, `length(${cell}) > ${maxLength}`);
  }
  if (column.unique === true) add('unique', 'no value twice');
  return rules;
}

async function dropEnum(db: Database): Promise<void> {
  await db.run(`DROP TABLE IF EXISTS ${ENUM_VALUES}`);
}

/** Rows that repeat an earlier row's value. */
function duplicates(db: Database, relation: string, cell: string): Promise<number> {
  return db.number(`SELECT count(${cell}) - count(DISTINCT ${cell}) FROM ${relation}`);
}

/** Rules that no single row fails: what cleaning rejected for its type, and the share of missing values. */
async function wholeColumn(db: Database, column: ExpectedColumn, n: number, filled: number): Promise<Expectation[]> {
  const report: Expectation[] = [];
  const typed = severityOf(column, 'type');
  if (column.type !== undefined) {
    const rows = await db.number(`SELECT count(*) FROM ${CLEAN_REJECTS} WHERE "column" = ${literal(column.name)}`);
    const met = rows === 0;
    report.push({
      column: column.name,
      rule: 'type',
      severity: typed,
      expected: column.type,
      found: `${rows} rows rejected`,
      rows,
      met,
    });
  }
  if (column.nullRate !== undefined && n > 0) {
    const rate = (n - filled) / n;
    // Three standard errors of a share of n rows: what chance alone moves one time in 370.
    const noise = 3 * Math.sqrt((column.nullRate * (1 - column.nullRate)) / n);
    const allowed = column.nullRateTolerance + noise;
    report.push({
      column: column.name,
      rule: 'nullRate',
      severity: severityOf(column, 'nullRate'),
      expected: `${percent(column.nullRate)} missing, ±${percent(allowed)}`,
      found: `${percent(rate)} missing`,
      rows: 0,
      met: Math.abs(rate - column.nullRate) <= allowed,
    });
  }
  return report;
}

async function checkWhole(
  db: Database,
  relation: string,
  columns: readonly { readonly name: string }[],
  { rows, freshness, additionalProperties, columns: expected }: Expectations,
  asOf: number,
): Promise<Expectation[]> {
  const report: Expectation[] = [];
  if (!additionalProperties) {
    const more = columns.map(({ name }) => name).filter((name) => !expected.some((one) => one.name === name));
    report.push({
      column: '',
      rule: 'additionalProperties',
      severity: 'error',
      expected: 'no column but those named',
      found: more.length === 0 ? 'none' : more.join(', '),
      rows: 0,
      met: more.length === 0,
    });
  }
  if (rows !== undefined) {
    const n = await db.number(`SELECT count(*) FROM ${relation}`);
    const { minimum = 0, maximum = Number.POSITIVE_INFINITY, severity } = rows;
    const says = Number.isFinite(maximum) ? `${minimum} to ${maximum} rows` : `at least ${minimum} rows`;
    report.push({
      column: '',
      rule: 'rows',
      severity,
      expected: says,
      found: `${n} rows`,
      rows: 0,
      met: n >= minimum && n <= maximum,
    });
  }
  if (freshness !== undefined) {
    const { column, latestFrom, maxAge, severity } = freshness;
    const present = columns.some(({ name }) => name === column);
    const latest = present
      ? await db.row(
          `SELECT max(CAST(${identifier(column)} AS TIMESTAMP)) AS t, epoch_ms(max(CAST(${identifier(column)} AS TIMESTAMP))) AS ms FROM ${relation}`,
        )
      : { t: null, ms: null };
    const base = {
      column,
      rule: 'freshness' as const,
      severity,
      found: latest.t === null ? 'no time' : `latest ${latest.t}`,
      rows: 0,
    };
    if (latestFrom !== undefined)
      report.push({
        ...base,
        expected: `latest from ${latestFrom}`,
        met: latest.t !== null && String(latest.t) >= latestFrom,
      });
    if (maxAge !== undefined)
      report.push({
        ...base,
        expected: `latest within ${maxAge / 3600} hours of ${new Date(asOf).toISOString()}`,
        met: latest.ms !== null && asOf - Number(latest.ms) <= maxAge * 1000,
      });
  }
  return report;
}

/** Rows that fail a rule of severity `reject` become rejects, by the first such rule of the first such column. */
async function rejectFailures(db: Database, relation: string): Promise<void> {
  const rejected = `(SELECT source_row, "column", expected FROM (SELECT *, rowid AS place FROM ${EXPECTATION_FAILURES} WHERE severity = 'reject')
    QUALIFY row_number() OVER (PARTITION BY source_row ORDER BY place) = 1)`;
  await db.run(`INSERT INTO ${CLEAN_REJECTS} SELECT source_row, "column", 'expected ' || expected FROM ${rejected};
    DELETE FROM ${relation} WHERE source_row IN (SELECT source_row FROM ${EXPECTATION_FAILURES} WHERE severity = 'reject')`);
}

function severityOf(column: ExpectedColumn, rule: Rule): Severity {
  // What cleaning has rejected for its type is rejected, whatever is said of the other rules.
  if (rule === 'type') return column.severity.type ?? 'reject';
  const severity = column.severity[rule] ?? column.severity['*'] ?? 'error';
  return rule === 'nullRate' && severity === 'reject' ? 'error' : severity;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
