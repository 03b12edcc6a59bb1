/** The explanation that a report draws: of a sample of an input's rows, or of the rows the bundle kept of its test. */
import { Bundle } from '../bundle/bundle.js';
import type { ExplanationData } from '../explain/explanation-data.js';
import { evaluate } from '../metrics/evaluate.js';
import { ModelScorer } from '../scoring/scoring-model.js';
import { takeRows } from '../table/matrix.js';
import type { WorkflowContext } from './context.js';
import { encodedCells } from './explained-columns.js';
import { explanationOf, keptTestRows } from './explanation.js';
import { EXAMPLE_ECONOMICS } from './insights.js';
import type { ReportOptions } from './options.js';
import type { RowsToExplain } from './rows-to-explain.js';
import { type SampledInput, sampleInput } from './sampled-input.js';

/** Rows of an input that are held, and their cells, at most: insights are computed on all of them. */
const SAMPLE_ROWS = 20_000;
const SAMPLE_CELLS = 2 ** 22;

/** Null when there is no input and the bundle kept no rows. */
export async function explainedBundle(
  folder: string,
  options: ReportOptions,
  context: WorkflowContext,
): Promise<ExplanationData | null> {
  const bundle = Bundle.open(folder);
  const { input, shap = 'path-dependent', margin, cost } = options;
  const money = margin === undefined && cost === undefined ? {} : { economics: economicsOf(margin, cost) };
  const explanation = { shap, ...money };
  if (input === undefined) {
    const kept = keptTestRows(bundle.keptRows());
    return kept === undefined ? null : explanationOf(bundle, kept, explanation, context);
  }
  const reading = { map: options.map ?? {}, maxBadRows: options.maxBadRows ?? 0.01 };
  const given = { input, ...reading, ...(options.reading === undefined ? {} : { reading: options.reading }) };
  const fits = Math.floor(SAMPLE_CELLS / Math.max(1, bundle.manifest.encoder.columns.length));
  const found = await sampleInput(bundle, given, Math.max(100, Math.min(SAMPLE_ROWS, fits)), context);
  context.signal.throwIfAborted();
  const { rows, note } = labelledRows(found);
  const told = await explanationOf(bundle, rows, explanation, context);
  const judged = judgement(bundle, rows, context.seed);
  return { ...told, notes: [...judged, ...note, ...told.notes] };
}

function economicsOf(margin: number | undefined, cost: number | undefined) {
  return {
    ...EXAMPLE_ECONOMICS,
    ...(margin === undefined ? {} : { margin }),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** With labels for all rows, or for none: rows without one are left out when most have one. */
function labelledRows({ matrix, label, unit, sourceRow, source, of }: SampledInput): {
  rows: RowsToExplain;
  note: string[];
} {
  const sessions = unit === undefined ? {} : { unit };
  const all: RowsToExplain = { matrix, cells: encodedCells(matrix), of, source, sourceRow, ...sessions };
  const known = label === undefined ? [] : Array.from(label.keys()).filter((row) => !Number.isNaN(label[row]));
  if (label === undefined || known.length < label.length / 2)
    return { rows: all, note: [`${source} has no labels: what needs them is left out.`] };
  if (known.length === label.length) return { rows: { ...all, label }, note: [] };
  const labelled = takeRows(matrix, known);
  const take = (values: ArrayLike<number>) => known.map((row) => values[row]);
  const rows: RowsToExplain = {
    matrix: labelled,
    cells: encodedCells(labelled),
    of,
    source,
    sourceRow: Float64Array.from(take(sourceRow)),
    label: Float64Array.from(take(label)),
    ...(unit === undefined ? {} : { unit: Int32Array.from(take(unit)) }),
  };
  return { rows, note: [`${label.length - known.length} rows without a label were left out.`] };
}

/** How good the ensemble is on these rows, in a sentence: the report's own metrics are those of the test. */
function judgement(bundle: Bundle, { matrix, label, unit, source }: RowsToExplain, seed: number): string[] {
  if (label === undefined) return [];
  const { probability } = new ModelScorer(bundle.scoringModel()).scoreMatrix(matrix);
  const { auc, auc_ci, log_loss, positives } = evaluate(probability, label, {
    seed,
    ...(unit === undefined ? {} : { unit }),
  });
  if (auc === null)
    return [`On ${matrix.rows} rows of ${source} with ${positives} positives, no ranking can be judged.`];
  const interval = auc_ci === null ? '' : ` (95% interval ${auc_ci[0].toFixed(3)} to ${auc_ci[1].toFixed(3)})`;
  return [
    `On ${matrix.rows.toLocaleString('en-US')} rows of ${source} the ensemble's AUC is ${auc.toFixed(4)}${interval}, its log loss ${log_loss.toFixed(4)}; the metrics and curves of this report are those of the test of training.`,
  ];
}
