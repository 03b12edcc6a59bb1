/**
 * Which action a row's purchase probability calls for, and what it is expected to gain. It reads no file: read-policy.ts
 * makes the policy.
 *
 * The rule is the expected-profit one of decision theory (take the action of the largest expected value; with one
 * action and two outcomes it is the threshold cost / benefit of Elkan, "The Foundations of Cost-Sensitive Learning",
 * 2001; with the effect of the action in place of the outcome, the one of Verbeke et al., "The foundations of
 * cost-sensitive causal classification", 2020):
 *
 *     gain = price · margin · Δp − price · discount · p′ − cost
 *
 * p′: probability of a purchase when acted on; Δp: the part of it that the action is credited with.
 * `effect` e (1 when nothing is said): p′ = p, Δp = e · p. `uplift` u: p′ = min(1, p + u), Δp = p′ − p.
 * `relative_uplift` r: p′ = min(1, p · (1 + r)), Δp = p′ − p.
 * The action of the largest gain is taken if that is above 0, the first in the file of several; else the default.
 */

import { numberOf, presentText } from '../table/cell-values.js';
import type { ValueFormat } from '../table/value-format.js';

/** A number for all rows, or the column that has each row's. */
export type Amount = number | { readonly column: string };

export interface Condition {
  /** A column of the input, or `probability` or `confidence`. */
  readonly column: string;
  /** Numbers from and to, both included. */
  readonly min?: number;
  readonly max?: number;
  /** Texts, one of which the cell must be. */
  readonly oneOf?: readonly string[];
}

export type Effect =
  | { readonly by: 'effect'; readonly share: number }
  | { readonly by: 'uplift'; readonly points: number }
  | { readonly by: 'relative_uplift'; readonly ratio: number };

export interface Action {
  readonly name: string;
  readonly when: readonly Condition[];
  /** Of a profit policy: money spent on every row acted on. */
  readonly cost: Amount;
  readonly effect: Effect;
  /** Share of the price given away when the row buys. */
  readonly discount: number;
  /** Of a threshold policy: taken from this probability on. */
  readonly from: number;
}

export interface ActionPolicy {
  readonly decideBy: 'profit' | 'probability';
  readonly default: string;
  /** Absent from a threshold policy. */
  readonly price?: Amount;
  readonly margin?: Amount;
  readonly actions: readonly Action[];
}

/** Conditions on scores rather than on columns. */
export const SCORE_CONDITIONS: readonly string[] = ['probability', 'confidence'];

/** The input columns whose texts a policy reads, each once. */
export function policyColumns({ price, margin, actions }: ActionPolicy): string[] {
  const amounts = [price, margin, ...actions.map(({ cost }) => cost)];
  const named = amounts.flatMap((amount) => (typeof amount === 'object' ? [amount.column] : []));
  const conditions = actions.flatMap(({ when }) => when.map(({ column }) => column));
  return [...new Set([...named, ...conditions])].filter((name) => !SCORE_CONDITIONS.includes(name));
}

/** The cells of one row by column, null where missing. */
export type RowCells = (column: string) => string | null;

/** How the input writes numbers. */
export type NumberFormat = Pick<ValueFormat, 'decimal' | 'amounts'>;
const PLAIN: NumberFormat = { decimal: '.', amounts: true };

export interface Decision {
  readonly action: string;
  /** Money, over doing nothing; 0 for the default, NaN where price or margin is missing or no number of at least 0. */
  readonly gain: number;
}

export function decide(
  policy: ActionPolicy,
  probability: number,
  confidence: number,
  cells: RowCells,
  format: NumberFormat = PLAIN,
): Decision {
  const numberAt = (column: string) => toNumber(cells(column), format);
  const fits = (condition: Condition) => holds(condition, probability, confidence, cells, numberAt);
  if (policy.decideBy === 'probability') {
    const found = policy.actions.find((action) => probability >= action.from && action.when.every(fits));
    return { action: found?.name ?? policy.default, gain: Number.NaN };
  }
  const price = amountOf(policy.price ?? Number.NaN, numberAt);
  const margin = amountOf(policy.margin ?? Number.NaN, numberAt);
  if (Number.isNaN(price) || Number.isNaN(margin)) return { action: policy.default, gain: Number.NaN };
  let best: Decision = { action: policy.default, gain: 0 };
  for (const action of policy.actions) {
    if (!action.when.every(fits)) continue;
    const gain = gainOf(action, probability, price, margin, amountOf(action.cost, numberAt));
    if (gain > best.gain) best = { action: action.name, gain };
  }
  return best;
}

/** The formula above; NaN where an amount is. */
export function gainOf(
  { effect, discount }: Pick<Action, 'effect' | 'discount'>,
  probability: number,
  price: number,
  margin: number,
  cost: number,
): number {
  if (effect.by === 'effect')
    return price * margin * effect.share * probability - price * discount * probability - cost;
  const raised = effect.by === 'uplift' ? probability + effect.points : probability * (1 + effect.ratio);
  const acted = Math.min(1, raised);
  return price * margin * (acted - probability) - price * discount * acted - cost;
}

/** NaN where the cell is missing, no number, negative or infinite. */
function amountOf(amount: Amount, numberAt: (column: string) => number): number {
  const value = typeof amount === 'number' ? amount : numberAt(amount.column);
  return value >= 0 && value < Number.POSITIVE_INFINITY ? value : Number.NaN;
}

function holds(
  { column, min, max, oneOf }: Condition,
  probability: number,
  confidence: number,
  cells: RowCells,
  numberAt: (column: string) => number,
): boolean {
  const score = column === 'probability' ? probability : column === 'confidence' ? confidence : undefined;
  if (oneOf !== undefined) {
    const text = score === undefined ? cells(column) : String(score);
    return text !== null && oneOf.includes(text.trim());
  }
  const value = score ?? numberAt(column);
  return (
    !Number.isNaN(value) && value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY)
  );
}

function toNumber(cell: string | null, format: NumberFormat): number {
  const text = cell === null ? null : presentText(cell);
  return text === null ? Number.NaN : (numberOf(text, format) ?? Number.NaN);
}
