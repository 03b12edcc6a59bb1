/**
 * The columns that scoring adds behind what passes through, in their order: probability, confidence, one a member, reasons,
 * the action. Ranks are no part of them, for they need all rows (ranked-format.ts). What is asked for is plain data.
 */
import type { ActionCounts } from './action-counts.js';
import type { ActionPolicy, Decision } from './action-policy.js';
import type { ResultColumn, ResultField, Results } from './results.js';
import type { TopContribution } from './top-contributions.js';

export const PROBABILITY = 'purchase_probability';

export interface ScoreRequest {
  readonly confidence: boolean;
  /** Names of the members whose probabilities are wanted. */
  readonly members: readonly string[];
  /** Reasons a row; 0 for none. */
  readonly reasons: number;
  readonly policy?: ActionPolicy;
}

/** A family's column is its name with `_` for `-`. */
export function memberColumn(member: string): string {
  return member.replaceAll('-', '_');
}

export function scoreFields({ confidence, members, reasons, policy }: ScoreRequest): ResultField[] {
  const fields: ResultField[] = [{ name: PROBABILITY, type: 'number' }];
  if (confidence) fields.push({ name: 'confidence', type: 'number' });
  for (const member of members) fields.push({ name: memberColumn(member), type: 'number' });
  for (let k = 1; k <= reasons; k++)
    fields.push(
      { name: `reason_${k}`, type: 'text' },
      { name: `reason_${k}_value`, type: 'text' },
      { name: `reason_${k}_points`, type: 'number' },
    );
  if (policy !== undefined) fields.push({ name: 'action', type: 'text' });
  if (policy?.decideBy === 'profit') fields.push({ name: 'action_gain', type: 'number' });
  return fields;
}

export interface Reason extends TopContribution {
  /** The cell, null where it is missing. */
  readonly value: string | null;
}

/** `reasons[row]` has up to `count` entries; cells without one are missing. */
export function reasonColumns(reasons: readonly (readonly Reason[])[], count: number): ResultColumn[] {
  return Array.from({ length: count }, (_, k): ResultColumn[] => [
    { kind: 'text', name: `reason_${k + 1}`, texts: reasons.map((row) => row[k]?.input ?? null) },
    { kind: 'text', name: `reason_${k + 1}_value`, texts: reasons.map((row) => row[k]?.value ?? null) },
    {
      kind: 'number',
      name: `reason_${k + 1}_points`,
      values: Float64Array.from(reasons, (row) => row[k]?.points ?? Number.NaN),
    },
  ]).flat();
}

/** Rows by action, in the policy's order of actions, the default first; none is left out. */
export function countActions({ columns }: Results, policy: ActionPolicy): ActionCounts {
  const names = [policy.default, ...policy.actions.map(({ name }) => name)];
  const counts: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  // A column of the input may have that name, too: it stands before those that scoring adds.
  const action = columns.findLast(({ name }) => name === 'action');
  if (action?.kind === 'text') for (const text of action.texts) if (text !== null) counts[text]++;
  return counts;
}

export function addActions(some: ActionCounts | undefined, more: ActionCounts | undefined): ActionCounts | undefined {
  if (some === undefined || more === undefined) return some ?? more;
  return Object.fromEntries(Object.keys(some).map((name) => [name, some[name] + (more[name] ?? 0)]));
}

export function actionColumns(decisions: readonly Decision[], { decideBy }: ActionPolicy): ResultColumn[] {
  const action: ResultColumn = { kind: 'text', name: 'action', texts: decisions.map((decision) => decision.action) };
  if (decideBy === 'probability') return [action];
  const gain = Float64Array.from(decisions, (decision) => decision.gain);
  return [action, { kind: 'number', name: 'action_gain', values: gain }];
}
