/**
 * What to do with rows of each probability, and what it would bring if some assumptions held: leave alone, remind, or
 * discount, whichever gains most. Nothing in a shop's log says what an action brings; the assumptions are stated beside the numbers, and
 * an experiment is what would settle them.
 *
 * An action multiplies the odds of a purchase by 1 + lift (so it does least for those who buy anyway, and for those who
 * never would): p′ = p (1 + lift) / (1 + p · lift). Gain of a reminder: margin (p′ − p) − cost. Of a discount:
 * margin (p′ − p) − discount_cost · p′ − cost, for all who buy take it.
 */
import { plainNumber } from '../base/plain-number.js';
import { clusteredMean } from './clustered-mean.js';
import type { ActionEconomics, ActionGroup, ActionInsight } from './insight-data.js';

export type ActionName = ActionGroup['action'];

export function raisedProbability(p: number, lift: number): number {
  return (p * (1 + lift)) / (1 + p * lift);
}

export function actionGain(action: ActionName, p: number, economics: ActionEconomics): number {
  const { margin, reminder_cost, reminder_lift, discount_lift, discount_cost } = economics;
  if (action === 'leave alone') return 0;
  if (action === 'remind') return margin * (raisedProbability(p, reminder_lift) - p) - reminder_cost;
  const raised = raisedProbability(p, discount_lift);
  return margin * (raised - p) - discount_cost * raised - reminder_cost;
}

/** The action of the largest gain; the earlier of "leave alone", "remind", "discount" among equals. */
export function bestAction(p: number, economics: ActionEconomics): ActionName {
  let best: ActionName = 'leave alone';
  let most = 0;
  for (const action of ['remind', 'discount'] as const) {
    const gain = actionGain(action, p, economics);
    if (gain > most) [best, most] = [action, gain];
  }
  return best;
}

/** Rows in groups of one action, by rising probability. `label` adds observed rates. At least one row. */
export function actionInsight(
  probability: Float64Array,
  economics: ActionEconomics,
  label?: Float64Array,
  unit?: ArrayLike<number>,
): ActionInsight {
  const order = Array.from(probability.keys()).sort((a, b) => probability[a] - probability[b] || a - b);
  const action = Array.from(probability, (p) => bestAction(p, economics));
  const runs: number[][] = [];
  for (const row of order) {
    const last = runs.at(-1);
    if (last !== undefined && action[last[0]] === action[row]) last.push(row);
    else runs.push([row]);
  }
  const gains = probability.map((p, row) => actionGain(action[row], p, economics));
  const all = clusteredMean(gains, unit);
  const n = probability.length;
  const groups = runs.map((rows, i): ActionGroup => {
    const name = action[rows[0]];
    const inside = new Float64Array(n);
    for (const row of rows) inside[row] = gains[row];
    const { mean, interval } = clusteredMean(inside, unit);
    const lift = name === 'remind' ? economics.reminder_lift : name === 'discount' ? economics.discount_lift : 0;
    const sum = (of: (row: number) => number) => rows.reduce((total, row) => total + of(row), 0);
    const without = sum((row) => probability[row]);
    const withAction = sum((row) => raisedProbability(probability[row], lift));
    const from = i === 0 ? 0 : probability[rows[0]];
    const to = i === runs.length - 1 ? 1 : probability[runs[i + 1][0]];
    return {
      action: name,
      from,
      to,
      rows: rows.length,
      share: rows.length / n,
      mean_probability: without / rows.length,
      rate: label === undefined ? null : sum((row) => label[row]) / rows.length,
      purchases_without: without,
      purchases_with: withAction,
      gain: mean * n,
      gain_interval: scaled(interval, n, mean),
      words: wordsOf(name, from, to, economics),
    };
  });
  return {
    assumptions: assumptionsOf(economics),
    economics,
    actions: groups,
    gain: all.mean * n,
    gain_interval: scaled(all.interval, n, all.mean),
  };
}

/** With a single unit there is no spread to speak of: the estimate itself. */
function scaled([low, high]: readonly [number, number], n: number, mean: number): [number, number] {
  return Number.isNaN(low) ? [mean * n, mean * n] : [low * n, high * n];
}

const percent = (share: number) => `${plainNumber(Number((share * 100).toPrecision(3)))}%`;

function wordsOf(name: ActionName, from: number, to: number, economics: ActionEconomics): string {
  const range = `probability ${percent(from)} to ${percent(to)}`;
  if (name === 'remind')
    return `Remind (${range}): a nudge gains more here than its cost of ${plainNumber(economics.reminder_cost)}.`;
  if (name === 'discount')
    return `Discount (${range}): undecided enough that giving up ${plainNumber(economics.discount_cost)} a purchase pays.`;
  if (from === 0 && to === 1) return 'Leave everybody alone: at these costs no action pays.';
  return from > 0.5
    ? `Leave alone (${range}): they buy anyway, so nothing is worth its cost.`
    : `Leave alone (${range}): too unlikely to buy for any action to pay.`;
}

function assumptionsOf(economics: ActionEconomics): string[] {
  const { margin, reminder_cost, reminder_lift, discount_lift, discount_cost, assumed } = economics;
  return [
    `A purchase earns ${plainNumber(margin)}; reaching somebody costs ${plainNumber(reminder_cost)}${assumed ? ' (nobody gave these: an example)' : ''}.`,
    `A reminder raises the odds of a purchase by ${percent(reminder_lift)}, a discount by ${percent(discount_lift)} while it gives up ${plainNumber(discount_cost)} of a purchase's margin.`,
    'These lifts are assumed, not measured: the log shows who bought, not what an action would have changed. Test on a random half before rolling out.',
    'The model’s probabilities are taken as true; intervals show what other rows like these would give, no doubt about the assumptions.',
  ];
}
