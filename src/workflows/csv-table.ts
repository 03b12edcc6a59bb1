/** CSV tables as the scoring threads read them: which columns, by which types, in which part; and their part of the plan. */
import { usageError } from '../base/errors.js';
import type { TableSource } from '../bundle/manifest.js';
import { checkColumns } from '../clean/clean-table.js';
import type { TableColumn } from '../clean/column-types.js';
import { SOURCE_FILE, SOURCE_ROW } from '../scoring/csv-rows.js';
import { CHUNK_BYTES, type CsvSourceInput, isRangeReadable } from '../scoring/csv-source.js';
import type { ChunkPlan, PlannedInput, Shard } from '../scoring/score-plan.js';
import type { CsvLayout, CsvRead } from '../table/csv-layout.js';
import type { DetectedInput } from '../table/detect-input.js';
import { readBytes } from '../table/open-bytes.js';
import { transcoder } from '../table/text-encoding.js';
import type { OpenedRows } from './opened-rows.js';
import { columnsToPass } from './passed-columns.js';
import type { RowsReader } from './rows-of-bundle.js';
import type { RowsToScoreOptions } from './rows-to-score-options.js';

export interface OpenedCsv {
  readonly detected: DetectedInput;
  /** Of stdin: its bytes from the first on. */
  readonly piped?: AsyncIterable<Uint8Array>;
}

export interface CsvTables {
  readonly inputs: readonly CsvSourceInput[];
  readonly opened: Omit<OpenedRows, 'source'>;
}

/** The window that borders are looked for in, and the chunks between it and the threads. */
const BYTES_HELD = 16 * 2 ** 20;

export async function csvTable(
  { manifest }: RowsReader,
  source: TableSource,
  tables: readonly OpenedCsv[],
  { columns, shard, outcome, chunkBytes = CHUNK_BYTES }: RowsToScoreOptions,
): Promise<CsvTables> {
  const own = tables.length > 1 ? [SOURCE_FILE, SOURCE_ROW] : [SOURCE_ROW];
  for (const { detected } of tables) checkColumns(detected, { schema: columnsRead(manifest.encoder.columns, source) });
  const { target } = source;
  const told = outcome === true && tables.every(({ detected }) => detected.columns.some(({ name }) => name === target));
  const names = columnsToPass(tables[0].detected, [...source.id, ...columns, ...(told ? [target] : [])], own);
  const inputs: CsvSourceInput[] = [];
  for (const { detected, piped } of tables) {
    const layout = layoutOf(detected, manifest.encoder.columns, source, names);
    const { file } = detected;
    inputs.push({ file, layout, from: 0, to: Number.POSITIVE_INFINITY, ...(piped === undefined ? {} : { piped }) });
  }
  const parts = shard === undefined ? inputs : await partsOf(inputs, shard);
  return {
    inputs: parts,
    opened: {
      inputs: tables.map(({ detected }, i) => planned(detected, parts[i], names, chunkBytes)),
      passed: [...own, ...names],
      ...(told ? { outcome: target } : {}),
      csv: inputs.map(({ file, layout }) => ({ name: file.name, path: file.path, layout })),
      shardMerge: 'concatenate',
      memory: BYTES_HELD,
      disk: { output: null, temporary: 0 },
    },
  };
}

export function columnsRead(encoded: Encoded, { schema, id }: TableSource): TableColumn[] {
  const typeOf = new Map(schema.map(({ name, type }) => [name, type]));
  const names = [...encoded.map(({ name }) => name), ...id];
  return names.map((name) => ({ name, type: typeOf.get(name) ?? 'categorical' }));
}

export type Encoded = RowsReader['manifest']['encoder']['columns'];

function layoutOf(
  detected: DetectedInput,
  encoded: Encoded,
  { schema }: TableSource,
  kept: readonly string[],
): CsvLayout {
  const typeOf = new Map(schema.map(({ name, type }) => [name, type]));
  const place = new Map(detected.columns.map(({ name }, column) => [name, column]));
  const read = encoded.map((column): CsvRead => {
    const at = place.get(column.name) as number;
    const type = typeOf.get(column.name) ?? 'numeric';
    return column.kind === 'numeric' ? { column: at, type } : { column: at, type, categories: column.categories };
  });
  return {
    dialect: detected.dialect as CsvLayout['dialect'],
    values: detected.values,
    columns: detected.columns.map(({ name, fileName }) => ({ name, fileName })),
    read,
    kept: columnsToPass(detected, kept, []).map((name) => place.get(name) as number),
  };
}

/** The records of all inputs, end to end, in as many parts as there are shards, by bytes of text. */
async function partsOf(inputs: readonly CsvSourceInput[], { index, of }: Shard): Promise<CsvSourceInput[]> {
  const lengths: number[] = [];
  for (const input of inputs) lengths.push(await textLength(input));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const begin = Math.floor((total * (index - 1)) / of);
  const end = Math.floor((total * index) / of);
  let before = 0;
  return inputs.map((input, i) => {
    const part = { ...input, from: Math.max(0, begin - before), to: Math.max(0, end - before) };
    before += lengths[i];
    return i === inputs.length - 1 && index === of ? { ...part, to: Number.POSITIVE_INFINITY } : part;
  });
}

async function textLength(input: CsvSourceInput): Promise<number> {
  const { file, layout, piped } = input;
  if (piped !== undefined)
    throw usageError(
      'BAD_USAGE',
      '--shard needs a file: stdin is read once, from its beginning.',
      'Give --input a file.',
    );
  if (isRangeReadable(input)) return file.bytes;
  const codec = transcoder(layout.dialect.encoding);
  let length = 0;
  for await (const chunk of readBytes(file)) length += codec.toUtf8(chunk, false).length;
  return length;
}

function planned(
  detected: DetectedInput,
  input: CsvSourceInput,
  passed: readonly string[],
  chunkBytes: number,
): PlannedInput {
  const { file, kind, columns } = detected;
  return {
    name: file.name,
    path: file.path,
    bytes: file.bytes,
    compression: file.compression,
    kind,
    format: 'csv',
    dialect: detected.dialect as CsvLayout['dialect'],
    columns: columns.map(({ name }) => name),
    used: input.layout.read.map(({ column }) => columns[column].name),
    passed,
    chunks: chunksOf(input, chunkBytes),
  };
}

function chunksOf(input: CsvSourceInput, size: number): ChunkPlan {
  if (!isRangeReadable(input)) return { by: 'stream', size };
  const { from } = input;
  const to = Math.max(from, Math.min(input.to, input.file.bytes));
  const count = to === from ? 0 : Math.ceil(to / size) - Math.floor(from / size);
  return { by: 'byte-ranges', from, to, size, count };
}
