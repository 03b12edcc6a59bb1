/** `explain`: why the model gives a row its probability: exact contributions, words, and LIME beside them. */
import { writeFileAtomic } from '../base/atomic-file.js';
import { usageError } from '../base/errors.js';
import { Bundle } from '../bundle/bundle.js';
import type { RowExplanation } from '../explain/explanation-data.js';
import { encodeFrame } from '../features/encoder.js';
import { KernelPool } from '../kernels/pool.js';
import { ModelExplainer } from '../scoring/model-explainer.js';
import { ModelScorer } from '../scoring/scoring-model.js';
import { withDatabase } from '../table/duckdb.js';
import { type Matrix, takeRows } from '../table/matrix.js';
import type { WorkflowContext } from './context.js';
import { explainRows, type ToldRow } from './explain-rows.js';
import { type CellReader, encodedCells, explainedFeatures, frameCells } from './explained-columns.js';
import { noBackground } from './explanation.js';
import { findRows, type RowChoice } from './found-rows.js';
import type { ExplainOptions } from './options.js';

export interface ExplainResult {
  readonly bundle: string;
  /** The input's name, or "test rows of training". */
  readonly source: string;
  readonly method: 'path-dependent' | 'interventional';
  /** Weight of each member in the blend, and what its contributions are in. */
  readonly members: Readonly<Record<string, { readonly weight: number; readonly unit: 'log odds' | 'points' }>>;
  readonly calibration: string;
  readonly rows: readonly RowExplanation[];
  /** Rows that matched; more than `rows` holds when there were too many to tell. */
  readonly matched: number;
  readonly notes: readonly string[];
  /** The page written, when one was asked for. */
  readonly html?: string;
}

/** Rows told at once at most. */
export const TOLD_ROWS = 5;

interface Asked {
  readonly source: string;
  readonly matrix: Matrix;
  readonly cells: CellReader;
  readonly rows: readonly ToldRow[];
  readonly label?: Float64Array;
  readonly matched: number;
}

export async function explain(options: ExplainOptions, context: WorkflowContext): Promise<ExplainResult> {
  const { seed, threads, progress, signal } = context;
  const bundle = Bundle.open(options.model);
  const model = bundle.scoringModel();
  const kept = bundle.keptRows();
  const background = kept?.background.matrix;
  if (options.shap === 'interventional' && background === undefined)
    throw usageError(
      'NO_BACKGROUND',
      `${bundle.name} keeps no background rows, which interventional SHAP values need: an older ecomml wrote it.`,
      'Leave --shap out for path-dependent values, or train the bundle again.',
    );
  const asked = await askedRows(bundle, options, context);
  signal.throwIfAborted();
  progress({ type: 'start', stage: 'explain', total: asked.rows.length, unit: 'rows' });
  const pool = new KernelPool(Math.min(threads, 2));
  try {
    const against = options.shap === 'interventional' && background !== undefined ? { background } : {};
    const shap = new ModelExplainer(model, { pool, ...against }).explainMatrix(asked.matrix);
    const rows = explainRows(
      {
        scorer: new ModelScorer(model),
        features: explainedFeatures(bundle.manifest),
        matrix: asked.matrix,
        cells: asked.cells,
        shap,
        seed,
        lime: options.lime,
        ...(background === undefined ? {} : { background }),
        ...(asked.label === undefined ? {} : { label: asked.label }),
      },
      asked.rows,
    );
    progress({ type: 'end', stage: 'explain', summary: rows.length === 1 ? '1 row' : `${rows.length} rows` });
    const notes: string[] = [];
    if (background === undefined) notes.push(noBackground(bundle));
    if (asked.matched > rows.length) notes.push(`${asked.matched} rows match; ${rows.length} are told.`);
    if (options.html !== undefined) {
      const { explanationPage } = await import('../report/explanation-page.js');
      const { name } = bundle;
      writeFileAtomic(
        options.html,
        explanationPage({ bundle: name, source: asked.source, method: options.shap, rows, notes }),
      );
    }
    return {
      ...(options.html === undefined ? {} : { html: options.html }),
      bundle: bundle.folder,
      source: asked.source,
      method: options.shap,
      members: Object.fromEntries(shap.members.map(({ family, weight, unit }) => [family, { weight, unit }])),
      calibration: model.blend.calibration.method,
      rows,
      matched: asked.matched,
      notes,
    };
  } finally {
    await pool.close();
  }
}

async function askedRows(bundle: Bundle, options: ExplainOptions, context: WorkflowContext): Promise<Asked> {
  if (options.input === undefined) return keptRow(bundle, options);
  const { input } = options;
  const found = await withDatabase({ threads: context.threads }, (db) =>
    findRows(db, bundle, { ...options, input }, choiceOf(options), context),
  );
  if (options.rows.length === 0 && Object.keys(options.key).length === 0 && found.matched > TOLD_ROWS)
    throw usageError(
      'WHICH_ROW',
      `${found.source} has ${found.matched.toLocaleString('en-US')} rows: which one shall be explained?`,
      'Say --row N (from 1, the header left out), or --key column=value.',
    );
  const matrix = encodeFrame(found.frame, bundle.manifest.encoder);
  const rows = Array.from({ length: matrix.rows }, (_, row): ToldRow => {
    const ids = Object.fromEntries(found.ids.map(({ name, values }) => [name, values[row]]));
    return { row, name: `row ${found.sourceRow[row]}`, chosen: 'asked for', sourceRow: found.sourceRow[row], ids };
  });
  const asked = { source: found.source, matrix, cells: frameCells(found.frame, matrix), rows, matched: found.matched };
  return found.label === undefined ? asked : { ...asked, label: found.label };
}

function choiceOf({ rows, key }: ExplainOptions): RowChoice {
  if (rows.length > TOLD_ROWS)
    throw usageError(
      'TOO_MANY_ROWS',
      `--row names ${rows.length} rows; at most ${TOLD_ROWS} are told at once.`,
      'For reasons beside many scores: "ecomml score --explain 3".',
    );
  if (rows.length > 0 && Object.keys(key).length > 0)
    throw usageError('BAD_USAGE', '--row and --key both choose rows.', 'Give one of them.');
  if (rows.length > 0) return { by: 'row', rows };
  return Object.keys(key).length > 0 ? { by: 'key', key, most: TOLD_ROWS } : { by: 'all', most: TOLD_ROWS };
}

/** Without an input: rows of the test that the bundle kept, counted from 1. */
function keptRow(bundle: Bundle, { rows, key }: ExplainOptions): Asked {
  const test = bundle.keptRows()?.test;
  if (test === undefined)
    throw usageError(
      'NO_INPUT',
      `${bundle.name} keeps no rows to explain: an older ecomml wrote it.`,
      'Give a file with --input.',
    );
  if (Object.keys(key).length > 0)
    throw usageError('BAD_USAGE', '--key looks into an input, and there is none.', 'Give a file with --input.');
  const wanted = rows.length > 0 ? rows : [1];
  const wrong = wanted.find((row) => row > test.matrix.rows);
  if (wrong !== undefined)
    throw usageError(
      'NO_SUCH_ROW',
      `${bundle.name} keeps ${test.matrix.rows} rows of its test; there is no row ${wrong}.`,
      'Give a row of a file: --input FILE --row N.',
    );
  const matrix = takeRows(
    test.matrix,
    Int32Array.from(wanted, (row) => row - 1),
  );
  return {
    source: 'test rows of training',
    matrix,
    cells: encodedCells(matrix),
    rows: wanted.map((number, row) => ({
      row,
      name: `kept row ${number}`,
      chosen: 'asked for',
      sourceRow: null,
      ids: {},
    })),
    label: Float64Array.from(wanted, (row) => test.label[row - 1]),
    matched: wanted.length,
  };
}
