/** One scoring thread's work on encoded rows: all columns of the output, in their order. It keeps the model, no rows. */
import type { Encoder } from '../features/encoder.js';
import { type MatrixColumn, stretchOfRows } from '../table/matrix.js';
import { decide, type NumberFormat } from './action-policy.js';
import { columnText } from './field-cells.js';
import type { ExplainedRows, ModelExplainer } from './model-explainer.js';
import type { ResultColumn, Results } from './results.js';
import type { EncodedRows } from './score-chunk.js';
import {
  actionColumns,
  memberColumn,
  PROBABILITY,
  type Reason,
  reasonColumns,
  type ScoreRequest,
} from './score-columns.js';
import type { Scores } from './scoring-model.js';
import { openRuntime, type ScoreEncodedRows, type ScoringRuntime } from './scoring-runtime.js';
import { topContributions } from './top-contributions.js';

export interface ChunkScorerOptions {
  readonly runtime: ScoringRuntime;
  readonly encoder: Encoder;
  readonly request: ScoreRequest;
  /** How many of the columns that pass through are written; the others behind them are read for actions and reasons. */
  readonly written: number;
  /** How the input writes the numbers that a policy reads. */
  readonly values?: NumberFormat;
}

/** Rows that are explained at once: their values are rows × inputs × (members + 1) doubles. */
const EXPLAINED_ROWS = 1024;

export class ChunkScorer {
  readonly #options: ChunkScorerOptions;
  readonly #score: ScoreEncodedRows;
  readonly #explainer: ModelExplainer | undefined;

  private constructor(options: ChunkScorerOptions, score: ScoreEncodedRows, explainer: ModelExplainer | undefined) {
    this.#options = options;
    this.#score = score;
    this.#explainer = explainer;
  }

  static async open(options: ChunkScorerOptions): Promise<ChunkScorer> {
    const { runtime, request } = options;
    const score = await openRuntime(runtime);
    if (request.reasons === 0 || runtime.kind === 'foreign') return new ChunkScorer(options, score, undefined);
    const { ModelExplainer } = await import('./model-explainer.js');
    return new ChunkScorer(options, score, new ModelExplainer(runtime.model));
  }

  async score(rows: EncodedRows): Promise<Results> {
    const { request, written } = this.#options;
    const scores = await this.#score(rows);
    const number = (name: string, values: Float64Array): ResultColumn => ({ kind: 'number', name, values });
    const columns = [...rows.passed.slice(0, written), number(PROBABILITY, scores.probability)];
    if (request.confidence) columns.push(number('confidence', scores.confidence));
    for (const member of request.members) columns.push(number(memberColumn(member), scores.members[member]));
    if (request.reasons > 0) columns.push(...reasonColumns(this.#reasons(rows), request.reasons));
    if (request.policy !== undefined) columns.push(...this.#actions(rows, scores));
    return { rows: rows.rows, columns };
  }

  #reasons({ rows, matrix, passed, texts }: EncodedRows): Reason[][] {
    const valueAt = matrix.columns.map((column) => {
      const own = passed.find(({ name }) => name === column.name);
      const spelled = texts?.get(column.name) ?? (own === undefined ? undefined : columnText(own));
      return (row: number) => cellText(column, row, spelled);
    });
    const place = new Map(matrix.columns.map(({ name }, c) => [name, c]));
    const reasons: Reason[][] = [];
    for (let from = 0; from < rows; from += EXPLAINED_ROWS) {
      const count = Math.min(EXPLAINED_ROWS, rows - from);
      const explained = (this.#explainer as ModelExplainer).explainMatrix(
        stretchOfRows(matrix, from, from + count),
      ) as ExplainedRows;
      for (let row = 0; row < count; row++) {
        const top = topContributions(explained, row, this.#options.request.reasons);
        reasons.push(top.map((one) => ({ ...one, value: valueAt[place.get(one.input) as number](from + row) })));
      }
    }
    return reasons;
  }

  #actions({ rows, passed }: EncodedRows, { probability, confidence }: Scores): ResultColumn[] {
    const { request, values } = this.#options;
    const { policy } = request;
    if (policy === undefined) return [];
    const texts = new Map(passed.map((column) => [column.name, columnText(column)]));
    const decisions = Array.from({ length: rows }, (_, row) =>
      decide(policy, probability[row], confidence[row], (column) => texts.get(column)?.[row] ?? null, values),
    );
    return actionColumns(decisions, policy);
  }
}

/** A cell as the model read it; a category that training did not see as the input spells it, where that is known. */
function cellText(
  { values, categories }: MatrixColumn,
  row: number,
  spelled: readonly (string | null)[] | undefined,
): string | null {
  const value = values[row];
  if (Number.isNaN(value)) return null;
  if (categories === undefined) return String(value);
  return value >= 0 ? categories[value] : (spelled?.[row] ?? '(not seen in training)');
}
