/**
 * Opens tables to score: one file, several by a pattern, or stdin. CSV is read as it comes, by the scoring threads; what
 * only a database reads goes to database-table.ts. It looks at heads alone and scores nothing.
 */
import { Readable } from 'node:stream';
import { type EcommlError, usageError } from '../base/errors.js';
import type { TableSource } from '../bundle/manifest.js';
import { csvSource } from '../scoring/csv-source.js';
import { type DetectOptions, describeInput, detectCsvText, SAMPLE_BYTES } from '../table/detect-input.js';
import { inputPaths } from '../table/input-paths.js';
import { type InputFile, openFile, readSample } from '../table/open-bytes.js';
import { isParquet } from '../table/parquet-file.js';
import { openPipe, type PipedParquet } from '../table/piped-input.js';
import type { WorkflowContext } from './context.js';
import { csvTable, type OpenedCsv } from './csv-table.js';
import type { OpenedRows } from './opened-rows.js';
import type { RowsReader } from './rows-of-bundle.js';
import type { RowsToScoreOptions } from './rows-to-score-options.js';

export async function openTable(
  bundle: RowsReader,
  source: TableSource,
  options: RowsToScoreOptions,
  context: WorkflowContext,
): Promise<OpenedRows> {
  const detect: DetectOptions = {
    map: { ...source.map, ...options.map },
    asTable: true,
    ...(options.reading === undefined ? {} : { reading: options.reading }),
  };
  const { input, output, rejectsPath } = options;
  const written = rejectsPath === undefined ? [output] : [output, rejectsPath];
  const paths = input === '-' ? ['-'] : inputPaths(input, written);
  const opened: OpenedCsv[] = [];
  const parquet: string[] = [];
  for (const path of paths) {
    const found = path === '-' ? await openPiped(detect) : await openCsvFile(path, detect);
    const stdin = 'parquet' in found ? { stdin: Readable.from(found.parquet) } : {};
    const others = { ...options, ...stdin, input: path };
    if (!('detected' in found)) {
      parquet.push(path);
      if (parquet.length < paths.length) continue;
      const { openParquetTables } = await import('./parquet-table.js');
      const streamed = await openParquetTables(bundle, source, parquet, others, context, detect);
      if (streamed !== undefined) return streamed;
    }
    const why = 'detected' in found ? needsDatabase(found, source, options) : 'a Parquet file of this kind';
    if ('detected' in found && why === undefined) opened.push(found);
    else if (paths.length === 1 && !('piped' in found)) {
      const { openDatabaseTable } = await import('./database-table.js');
      return openDatabaseTable(bundle, source, others, context);
    } else throw onlyAlone(path, why);
  }
  if (parquet.length > 0) throw onlyAlone(parquet[0], 'a Parquet file among others that are none');
  for (const { detected } of opened) {
    const { progress } = context;
    progress({ type: 'message', level: 'info', text: `${detected.file.name}: ${describeInput(detected)}` });
    for (const note of detected.notes) progress({ type: 'message', level: 'info', text: note });
  }
  const tables = await csvTable(bundle, source, opened, options);
  return { ...tables.opened, source: csvSource(tables.inputs, options.chunkBytes) };
}

/** What CSV is not read as it comes for. */
function needsDatabase(
  { detected }: OpenedCsv,
  { schema }: TableSource,
  { schemaFile }: RowsToScoreOptions,
): string | undefined {
  // What is expected of the whole (volume, missing shares, keys) is known before the first row is scored.
  if (schemaFile !== undefined) return 'a table held against a schema';
  const dated = detected.values.date !== 'iso' && schema.some(({ type }) => type === 'time');
  return dated ? 'a table with dates that are not ISO 8601' : undefined;
}

function onlyAlone(path: string, what: string | undefined): EcommlError {
  const name = path === '-' ? 'stdin' : path;
  return usageError(
    'BAD_USAGE',
    `${name} is ${what}, which is scored as one file of its own.`,
    'Give one --input FILE.',
  );
}

async function openCsvFile(path: string, detect: DetectOptions): Promise<OpenedCsv | { readonly file: InputFile }> {
  const file = openFile(path);
  if (isParquet(file)) return { file };
  const { sample, whole } = await readSample(file, SAMPLE_BYTES);
  return { detected: detectCsvText(file, sample, whole, detect) };
}

async function openPiped(detect: DetectOptions): Promise<OpenedCsv | PipedParquet> {
  const piped = await openPipe(process.stdin, SAMPLE_BYTES);
  if ('parquet' in piped) return piped;
  const { file, sample, whole, bytes } = piped;
  return { detected: detectCsvText(file, sample, whole, detect), piped: bytes };
}
