/**
 * Rows of an input as a bundle reads them, chosen by number or by key: their features, the ids beside them and,
 * where the input says, their labels. It scores nothing and rejects nothing for a missing label.
 */
import { basename } from 'node:path';
import { inputRejected } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { Bundle } from '../bundle/bundle.js';
import { buildFeatures } from '../features/build-features.js';
import { familiesOf } from '../features/catalogue.js';
import { MOMENT_COLUMNS } from '../features/feature-rows.js';
import { asCategorical } from '../features/table-target.js';
import { type Database, identifier, literal } from '../table/duckdb.js';
import type { Frame, FrameColumn } from '../table/frame.js';
import { readBigIntColumn, readFrame, readTextColumns } from '../table/read-frame.js';
import type { WorkflowContext } from './context.js';
import type { LoadedInput } from './load-clean.js';
import type { InputOptions } from './options.js';
import { passThrough } from './passed-columns.js';
import { joinHistory, loadForBundle } from './rows-of-bundle.js';

export type RowChoice =
  | { readonly by: 'row'; readonly rows: readonly number[] }
  | { readonly by: 'key'; readonly key: Readonly<Record<string, string>>; readonly most: number }
  | { readonly by: 'all'; readonly most: number };

export interface FoundRows {
  /** The input's name for people. */
  readonly source: string;
  readonly frame: Frame;
  /** 1-based rows of the input. */
  readonly sourceRow: Float64Array;
  readonly ids: readonly { readonly name: string; readonly values: readonly (string | null)[] }[];
  /** 0 or 1, NaN where the row has none; absent when the input has no target. */
  readonly label?: Float64Array;
  /** Events: the session of each row. */
  readonly unit?: Int32Array;
  /** Rows that matched the choice, of all rows the bundle can read. */
  readonly matched: number;
  readonly of: number;
}

/** Exit code 3 when a row or a key is not there. */
export async function findRows(
  db: Database,
  bundle: Bundle,
  options: InputOptions,
  choice: RowChoice,
  context: WorkflowContext,
): Promise<FoundRows> {
  const loaded = await loadForBundle(db, bundle, { ...options, labelled: false }, context);
  const relation = await featureRelation(db, bundle, loaded, context);
  const of = await db.number(`SELECT count(*) FROM ${identifier(relation)}`);
  const chosen = await chooseRows(db, bundle, loaded, relation, choice);
  await db.run('CREATE OR REPLACE TABLE chosen_rows (source_row BIGINT)');
  for (let from = 0; from < chosen.rows.length; from += 5000)
    await db.run(
      `INSERT INTO chosen_rows VALUES ${chosen.rows
        .slice(from, from + 5000)
        .map((row) => `(${row})`)
        .join(', ')}`,
    );
  return { ...(await readRows(db, bundle, loaded, relation)), matched: chosen.matched, of };
}

/** The relation with the bundle's features and a source_row. */
async function featureRelation(
  db: Database,
  bundle: Bundle,
  loaded: LoadedInput,
  { progress, signal }: WorkflowContext,
): Promise<string> {
  const { source } = bundle.manifest;
  if (source.kind !== 'events') return loaded.relation;
  const history = await joinHistory(db, bundle);
  progress({ type: 'start', stage: 'features' });
  const built = await buildFeatures(db, {
    events: loaded.relation,
    moments: source.moments,
    idFeatures: source.idFeatures,
    families: familiesOf(source.features),
    ...(source.horizon === undefined ? {} : { horizon: source.horizon }),
    ...(history === undefined ? {} : { history }),
  });
  signal.throwIfAborted();
  progress({ type: 'end', stage: 'features', summary: `${built.rows} moments × ${built.features.length} features` });
  return built.relation;
}

interface Chosen {
  readonly rows: readonly number[];
  readonly matched: number;
}

async function chooseRows(
  db: Database,
  bundle: Bundle,
  loaded: LoadedInput,
  relation: string,
  choice: RowChoice,
): Promise<Chosen> {
  const name = loaded.input.file.name;
  const from = `${identifier(relation)} AS row`;
  if (choice.by === 'row') return numberedRows(db, name, from, choice.rows, bundle);
  const join = choice.by === 'key' ? await keyCondition(db, loaded, choice.key, bundle) : { join: '', where: 'TRUE' };
  const all = await readBigIntColumn(
    db,
    `SELECT row.source_row FROM ${from}${join.join} WHERE ${join.where} ORDER BY row.source_row`,
  );
  const rows = Array.from(all, Number);
  if (rows.length === 0)
    throw inputRejected(
      'NO_SUCH_ROW',
      choice.by === 'key'
        ? `${name} has no row with ${Object.entries(choice.key)
            .map(([key, value]) => `${key} = "${value}"`)
            .join(' and ')} that ${bundle.name} can score.`
        : `${name} has no row that ${bundle.name} can score.`,
      bundle.manifest.source.kind === 'events' ? 'Views and carts are scored; purchases and removals are not.' : '',
    );
  // Of a visit the last moments say most; of a file asked for whole, the first.
  const few = choice.by === 'key' ? rows.slice(-choice.most) : rows.slice(0, choice.most);
  return { rows: few, matched: rows.length };
}

async function numberedRows(
  db: Database,
  name: string,
  from: string,
  wanted: readonly number[],
  bundle: Bundle,
): Promise<Chosen> {
  const distinct = [...new Set(wanted)];
  const found = await readBigIntColumn(
    db,
    `SELECT row.source_row FROM ${from} WHERE row.source_row IN (${distinct.join(', ')}) ORDER BY 1`,
  );
  const present = new Set(Array.from(found, Number));
  const absent = distinct.find((row) => !present.has(row));
  if (absent === undefined) return { rows: distinct, matched: distinct.length };
  const { source } = bundle.manifest;
  throw inputRejected(
    'NO_SUCH_ROW',
    `${name} has no row ${absent} that ${bundle.name} can score.`,
    source.kind === 'events'
      ? 'Rows count from 1, the header left out; views and carts are scored, purchases, removals and duplicates are not.'
      : 'Rows count from 1, the header left out; a rejected row cannot be scored ("ecomml clean" says why).',
  );
}

/** Cells compare as text, or as numbers where both are. */
async function keyCondition(
  db: Database,
  loaded: LoadedInput,
  key: Readonly<Record<string, string>>,
  bundle: Bundle,
): Promise<{ join: string; where: string }> {
  const own = bundle.manifest.source.kind === 'events' ? MOMENT_COLUMNS : ['source_row'];
  const present = [...new Set([...own, ...loaded.input.columns.map(({ name }) => name)])];
  const unknown = Object.keys(key).find((name) => !present.includes(name));
  if (unknown !== undefined)
    throw inputRejected(
      'MISSING_COLUMN',
      `${loaded.input.file.name} has no column "${unknown}" to look for --key in.${didYouMean(unknown, present)}`,
      `Its columns are ${present.join(', ')}.`,
    );
  const passed = await passThrough(db, loaded, Object.keys(key), own);
  const sqlOf = (name: string) =>
    passed.columns.find((column) => column.name === name)?.sql ?? `row.${identifier(name)}`;
  const where = Object.entries(key).map(([name, value]) => {
    const text = `trim(CAST(${sqlOf(name)} AS VARCHAR))`;
    const wanted = literal(value.trim());
    return `(${text} = ${wanted} OR TRY_CAST(${text} AS DOUBLE) = TRY_CAST(${wanted} AS DOUBLE))`;
  });
  return { join: passed.join, where: where.join(' AND ') };
}

async function readRows(
  db: Database,
  { manifest }: Bundle,
  loaded: LoadedInput,
  relation: string,
): Promise<Omit<FoundRows, 'matched' | 'of'>> {
  const { source, encoder } = manifest;
  const events = source.kind === 'events';
  const present = loaded.input.columns.map(({ name }) => name);
  const idNames = events
    ? ['user_id', 'user_session', 'product_id', 'event_type']
    : source.id.filter((id) => present.includes(id));
  const target = events ? undefined : source.target;
  const wanted = [...(events ? [] : idNames), ...(target !== undefined && present.includes(target) ? [target] : [])];
  const passed = await passThrough(db, loaded, wanted, events ? MOMENT_COLUMNS : []);
  const from = `${identifier(relation)} AS row JOIN chosen_rows ON chosen_rows.source_row = row.source_row${passed.join}`;
  const order = 'ORDER BY row.source_row';
  const features = encoder.columns.map(({ name }) => `row.${identifier(name)} AS ${identifier(name)}`);
  const kinds = Object.fromEntries(encoder.columns.map(({ name, kind }) => [name, columnKind(source, name, kind)]));
  const read = await readFrame(db, `SELECT ${features.join(', ')} FROM ${from} ${order}`, kinds);
  const categorical = new Set(encoder.columns.filter(({ kind }) => kind === 'categorical').map(({ name }) => name));
  const frame: Frame = {
    rows: read.rows,
    columns: read.columns.map((column): FrameColumn => (categorical.has(column.name) ? asCategorical(column) : column)),
  };
  const sql = (name: string) => passed.columns.find((column) => column.name === name)?.sql ?? `row.${identifier(name)}`;
  const ids = [...idNames, ...(wanted.includes(target ?? '') ? [target as string] : []), ...(events ? ['label'] : [])];
  const beside = await readTextColumns(
    db,
    `SELECT row.source_row AS source_row${ids.map((name, i) => `, ${sql(name)} AS i${i}`).join('')} FROM ${from} ${order}`,
  );
  const texts = beside.columns.slice(1);
  const labels = texts[idNames.length]?.values;
  const positive = source.kind === 'events' ? '1' : source.positive;
  const session = events ? texts[1].values : undefined;
  return {
    source: basename(loaded.input.file.name),
    frame,
    sourceRow: Float64Array.from(beside.columns[0].values, Number),
    ids: idNames.map((name, i) => ({ name, values: texts[i].values })),
    ...(labels === undefined ? {} : { label: Float64Array.from(labels, (text) => labelOf(text, positive)) }),
    ...(session === undefined ? {} : { unit: numbered(session) }),
  };
}

/** Numbers trained on as categories are read as numbers, and become text in the way training made it. */
function columnKind(
  source: Bundle['manifest']['source'],
  name: string,
  kind: 'numeric' | 'categorical',
): 'numeric' | 'categorical' {
  if (source.kind === 'events') return kind;
  return source.schema.find((column) => column.name === name)?.type === 'categorical' ? 'categorical' : 'numeric';
}

/** 1 where a cell says what counts as positive, NaN where it says nothing. */
export function labelOf(text: string | null, positive: string): number {
  if (text === null || text.trim() === '') return Number.NaN;
  const [own, wanted] = [text.trim().toLowerCase(), positive.trim().toLowerCase()];
  return own === wanted || Number(own) === Number(wanted) ? 1 : 0;
}

/** Equal texts, equal numbers, by first appearance. */
export function numbered(texts: readonly (string | null)[]): Int32Array {
  const numbers = new Map<string | null, number>();
  return Int32Array.from(texts, (text) => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  });
}
