/**
 * A sample of an input's rows as the model reads them, drawn while they go by: of an input of any length no more is held
 * than the sample. It reads through what `score` reads through, so every kind of input is cleaned and encoded as there.
 */
import { basename } from 'node:path';
import { inputRejected } from '../base/errors.js';
import { Random } from '../base/random.js';
import type { Bundle } from '../bundle/bundle.js';
import { checkBadRows } from '../clean/quality-summary.js';
import type { Encoder } from '../features/encoder.js';
import type { ScoreChunk } from '../scoring/chunk-source.js';
import { CsvRowReader } from '../scoring/csv-rows.js';
import type { RejectedFault } from '../scoring/rejected-rows.js';
import { type ResultColumn, textAt } from '../scoring/results.js';
import { type EncodedRows, encodedRows, encodeRows, rejectsOf } from '../scoring/score-chunk.js';
import { type Matrix, sharedValues, takeRows } from '../table/matrix.js';
import type { WorkflowContext } from './context.js';
import { labelOf, numbered } from './found-rows.js';
import type { OpenedRows } from './opened-rows.js';
import type { InputOptions } from './options.js';
import { openRowsToScore } from './rows-to-score.js';

export interface SampledInput {
  /** The input's name for people. */
  readonly source: string;
  /** Encoded, in the input's order. */
  readonly matrix: Matrix;
  /** The 1-based number of each row in its file. */
  readonly sourceRow: Float64Array;
  /** 0 or 1, NaN where the row has none; absent when the input has no target. */
  readonly label?: Float64Array;
  /** Events: rows of one session share a number. */
  readonly unit?: Int32Array;
  /** Rows that were drawn from: all that can be scored. */
  readonly of: number;
}

/**
 * `most`: rows at most. The same seed draws the same rows, however the input is cut. Exit code 3 when no row can be scored or
 * too many are bad.
 */
export async function sampleInput(
  bundle: Bundle,
  options: InputOptions,
  most: number,
  context: WorkflowContext,
): Promise<SampledInput> {
  const { source, encoder } = bundle.manifest;
  const events = source.kind === 'events';
  const moments = events ? source.moments : 'all';
  const wanted = { ...options, model: bundle.name, output: '-', moments, columns: [], outcome: true };
  const rows = await openRowsToScore(bundle, wanted, context);
  const { progress, signal } = context;
  const sample = new Reservoir(encoder, rows, most, context.seed, events);
  const read = chunkReader(rows, encoder);
  const faults: RejectedFault[] = [];
  let rejected = 0;
  try {
    const { total, unit } = rows.source;
    progress({ type: 'start', stage: 'sample', ...(total === undefined ? {} : { total }), unit });
    for await (const { chunk, done } of rows.source.chunks()) {
      signal.throwIfAborted();
      const found = read(chunk);
      sample.add(found.rows);
      rejected += found.rejected;
      faults.push(...(found.faults ?? []));
      progress({ type: 'advance', stage: 'sample', done });
    }
  } finally {
    await rows.source.close();
  }
  const name = options.input === '-' ? 'stdin' : basename(options.input);
  if (rows.judged !== true && sample.seen + rejected > 0)
    checkBadRows(
      { rows: { in: sample.seen + rejected, kept: sample.seen, rejected }, rejected: faults },
      options.maxBadRows,
    );
  if (sample.seen === 0)
    throw inputRejected(
      'NO_SUCH_ROW',
      `${name} has no row that ${bundle.name} can score.`,
      events ? 'Views and carts are scored; purchases and removals are not.' : '',
    );
  progress({ type: 'end', stage: 'sample', summary: `${sample.rows} of ${sample.seen} rows` });
  return { source: name, ...sample.drawn(events ? '1' : source.positive), of: sample.seen };
}

interface ReadChunk {
  readonly rows: EncodedRows;
  readonly rejected: number;
  readonly faults?: readonly RejectedFault[];
}

function chunkReader({ csv = [], passed }: OpenedRows, encoder: Encoder): (chunk: ScoreChunk) => ReadChunk {
  const reader = new CsvRowReader(csv, passed, { encoder });
  return (chunk) => {
    if (chunk.kind === 'csv') return reader.read(chunk);
    const rows = chunk.kind === 'encoded' ? encodedRows(chunk, encoder) : encodeRows(chunk, passed, encoder);
    return { rows, ...rejectsOf(chunk) };
  };
}

const STREAM = 0x726f7773;

/** Each row seen so far is held with the same chance (algorithm R: Vitter, Random sampling with a reservoir, 1985). */
class Reservoir {
  seen = 0;
  readonly #random: Random;
  readonly #cells: readonly Float64Array[];
  readonly #order: Float64Array;
  readonly #sourceRow: Float64Array;
  readonly #outcome: (string | null)[] = [];
  readonly #session: (string | null)[] = [];

  constructor(
    private readonly encoder: Encoder,
    private readonly opened: Pick<OpenedRows, 'passed' | 'outcome'>,
    private readonly most: number,
    seed: number,
    private readonly events: boolean,
  ) {
    this.#random = new Random(seed, STREAM);
    this.#cells = encoder.columns.map(() => sharedValues(most));
    this.#order = new Float64Array(most);
    this.#sourceRow = new Float64Array(most);
  }

  get rows(): number {
    return Math.min(this.seen, this.most);
  }

  add({ rows, passed, matrix }: EncodedRows): void {
    const named = (name: string) => passed[this.opened.passed.indexOf(name)];
    const sourceRow = cells(named('source_row'));
    const outcome = this.opened.outcome === undefined ? undefined : cells(named(this.opened.outcome));
    const session = this.events ? cells(named('user_session')) : undefined;
    for (let row = 0; row < rows; row++) {
      const slot = this.seen < this.most ? this.seen : this.#random.below(this.seen + 1);
      if (slot < this.most) {
        for (let c = 0; c < this.#cells.length; c++) this.#cells[c][slot] = matrix.columns[c].values[row];
        this.#order[slot] = this.seen;
        this.#sourceRow[slot] = Number(sourceRow(row));
        if (outcome !== undefined) this.#outcome[slot] = outcome(row);
        if (session !== undefined) this.#session[slot] = session(row);
      }
      this.seen++;
    }
  }

  drawn(positive: string): Pick<SampledInput, 'matrix' | 'sourceRow' | 'label' | 'unit'> {
    const slots = Array.from({ length: this.rows }, (_, slot) => slot).sort((a, b) => this.#order[a] - this.#order[b]);
    const columns = this.encoder.columns.map((column, c) => ({ ...column, values: this.#cells[c] }));
    const label = Float64Array.from(slots, (slot) => labelOf(this.#outcome[slot] ?? null, positive));
    return {
      matrix: takeRows({ rows: this.rows, columns }, slots),
      sourceRow: Float64Array.from(slots, (slot) => this.#sourceRow[slot]),
      ...(label.every(Number.isNaN) ? {} : { label }),
      ...(this.events ? { unit: numbered(slots.map((slot) => this.#session[slot])) } : {}),
    };
  }
}

/** A column's cells as text. */
function cells(column: ResultColumn): (row: number) => string | null {
  if ('values' in column) return (row) => (Number.isNaN(column.values[row]) ? null : String(column.values[row]));
  return (row) => textAt(column, row);
}
