/** What ecomml and what DuckDB by itself read from a polluted file, as rows of texts for `pollutionScore`. */
import { detectInput } from '../../dist/table/detect-input.js';
import { identifier, literal } from '../../dist/table/duckdb.js';
import { splitRecord } from '../../dist/table/record-scanner.js';
import { HEADER_AGAIN, isHeaderAgain, scanRecords } from '../../dist/table/spool-csv.js';
/** The names, if there are any, and the records that are sound, their cells without spaces around them. */
export async function loadWithEcomml(db, path) {
  try {
    const input = await detectInput(db, path, { asTable: true });
    const rows = input.dialect.header ? [input.columns.map(({ name }) => name)] : [];
    let rejected = 0;
    let reason;
    await scanRecords(input.file, input.dialect, input.columns.length, (bytes, scanner) => {
      const again = isHeaderAgain(bytes, scanner, input.dialect);
      if (scanner.problem === undefined && !again)
        rows.push(splitRecord(bytes, scanner.start, scanner.end, input.dialect).map((cell) => cell.trim()));
      else {
        rejected++;
        reason ??= again ? HEADER_AGAIN : scanner.problem;
      }
      return true;
    });
    return { rows, rejected, ...(reason === undefined ? {} : { reason }) };
  } catch (error) {
    return { rows: undefined, rejected: 0, reason: error.message };
  }
}
/**
 * As the benchmark itself runs "DuckDB (Auto)": read_csv with strict_mode off, ignore_errors and null_padding on, all else
 * left to its sniffer; the first row is the names it gives the columns. `asTexts` spares it the types, which may change a
 * cell's spelling (a date, a number) and so its score.
 */
export async function loadWithDuckDb(db, path, asTexts) {
  const settings = `strict_mode = false, ignore_errors = true, null_padding = true, all_varchar = ${asTexts}`;
  const reading = `read_csv(${literal(path)}, ${settings})`;
  try {
    const names = (await db.describe(`FROM ${reading}`)).map(({ name }) => name);
    const texts = names.map((name) => `coalesce(CAST(${identifier(name)} AS VARCHAR), '')`);
    const rows = await db.rows(`SELECT [${texts.join(', ')}] AS texts FROM ${reading}`);
    return { rows: [names, ...rows.map((row) => row.texts)], rejected: 0 };
  } catch (error) {
    return { rows: undefined, rejected: 0, reason: error.message };
  }
}
