/**
 * The real tables as encoded matrices: the TypeScript twin of tables.py, cell for cell. Columns and their kinds stand
 * in tables.json. A table whose files are not on this machine is told by `hasTable`; tests skip it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { type Matrix, type MatrixColumn, sharedValues, takeRows, UNSEEN_CATEGORY } from '#ecomml/table/matrix.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';

type Kind = 'numeric' | 'categorical' | 'dropped';

interface TableSpec {
  readonly train: string;
  readonly test?: string;
  readonly delimiter: string;
  /** Names of the file's columns when it has no header line. */
  readonly header?: readonly string[];
  readonly target: string;
  readonly positive: string;
  readonly columns: Readonly<Record<string, Kind>>;
}

export interface RealTable {
  readonly name: string;
  readonly train: LabelledMatrix;
  readonly test: LabelledMatrix;
}

const specs = JSON.parse(readFileSync(new URL('./tables.json', import.meta.url), 'utf8')) as Record<string, TableSpec>;

export const TABLE_NAMES: readonly string[] = Object.keys(specs);

/** The table's files are on this machine. */
export function hasTable(name: string): boolean {
  const spec = specs[name];
  return [spec.train, spec.test ?? spec.train].every((path) => existsSync(inRepository(path)));
}

/** Reads and encodes one table: both parts with the training rows' dictionaries. */
export function loadTable(name: string): RealTable {
  const spec = specs[name];
  const first = read(spec.train, spec);
  if (spec.test !== undefined) {
    const codes = dictionaries(first.cells, spec, undefined);
    return { name, train: encode(first, codes), test: encode(read(spec.test, spec), codes) };
  }
  const isTest = (row: number) => row % 4 === 3;
  const whole = encode(
    first,
    dictionaries(first.cells, spec, (row) => !isTest(row)),
  );
  const rows = Array.from({ length: whole.label.length }, (_, row) => row);
  return {
    name,
    train: take(
      whole,
      rows.filter((row) => !isTest(row)),
    ),
    test: take(whole, rows.filter(isTest)),
  };
}

interface RawTable {
  /** A column of trimmed strings, or of doubles with NaN for blank. */
  readonly cells: ReadonlyMap<string, string[] | number[]>;
  readonly label: number[];
}

function read(path: string, spec: TableSpec): RawTable {
  const text = gunzipSync(readFileSync(inRepository(path)));
  const kinds = Object.entries(spec.columns).filter(([, kind]) => kind !== 'dropped');
  const cells = new Map(kinds.map(([name]) => [name, [] as (string | number)[]]));
  const label: number[] = [];
  let header = spec.header;
  parse(text, {
    delimiter: spec.delimiter,
    on_record: (record: string[]) => {
      if (header === undefined) {
        header = record;
        return null;
      }
      header.forEach((name, i) => {
        const cell = record[i].trim();
        if (name === spec.target) label.push(cell === spec.positive ? 1 : 0);
        else if (spec.columns[name] === 'numeric') cells.get(name)?.push(cell === '' ? Number.NaN : Number(cell));
        else cells.get(name)?.push(cell);
      });
      return null;
    },
  });
  return { cells: cells as Map<string, string[] | number[]>, label };
}

type Dictionaries = ReadonlyMap<string, readonly string[]>;

/** The non-blank strings of the chosen rows in code-point order, which is the order of their UTF-8 bytes. */
function dictionaries(
  cells: RawTable['cells'],
  spec: TableSpec,
  chosen: ((row: number) => boolean) | undefined,
): Dictionaries {
  const found = new Map<string, string[]>();
  for (const [name, kind] of Object.entries(spec.columns)) {
    if (kind !== 'categorical') continue;
    const column = cells.get(name) as string[];
    const distinct = new Set(chosen === undefined ? column : column.filter((_, row) => chosen(row)));
    distinct.delete('');
    found.set(
      name,
      [...distinct].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  }
  return found;
}

function encode({ cells, label }: RawTable, dictionary: Dictionaries): LabelledMatrix {
  const columns: MatrixColumn[] = [];
  for (const [name, column] of cells) {
    const values = sharedValues(label.length);
    const categories = dictionary.get(name);
    if (categories === undefined) {
      values.set(column as number[]);
      columns.push({ name, kind: 'numeric', values });
      continue;
    }
    const codes = new Map([['', Number.NaN], ...categories.map((category, code) => [category, code] as const)]);
    for (let row = 0; row < label.length; row++) values[row] = codes.get(column[row] as string) ?? UNSEEN_CATEGORY;
    columns.push({ name, kind: 'categorical', values, categories });
  }
  return { matrix: { rows: label.length, columns }, label: Float64Array.from(label) };
}

/** The given rows, labels included. */
export function take(labelled: LabelledMatrix, rows: readonly number[]): LabelledMatrix {
  const matrix: Matrix = takeRows(labelled.matrix, rows);
  return { matrix, label: Float64Array.from(rows, (row) => labelled.label[row]) };
}

function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
