/**
 * Features that deserve a second look before a model is trusted: they say nothing, repeat another, know the outcome too well,
 * hold in the training rows alone, or tell training rows from later ones. Each with its reason; it drops nothing. The test
 * rows are not looked at.
 */
import type { Frame, FrameColumn } from '../table/frame.js';

export interface SuspectFeature {
  readonly feature: string;
  readonly kind: 'constant' | 'duplicate' | 'leak' | 'unstable' | 'shift';
  /** For the user: what was found. */
  readonly reason: string;
  /** The feature it repeats, or the AUC that made it suspect. */
  readonly of?: string;
  readonly auc?: number;
}

/** Rows judged of each part: evenly spaced ones. An AUC of 5,000 rows is known to a hundredth or two. */
const JUDGED_ROWS = 5000;
/** So well a single honest feature hardly ever tells the outcome. */
const LEAK_AUC = 0.99;
const SHIFT_AUC = 0.95;
/** So much of its distance from 0.5 a feature's AUC may lose from training rows to validation rows. */
const UNSTABLE_DROP = 0.2;
/** Standard errors that must lie between a finding and chance: of a thousand features none is found by luck. */
const BEYOND_CHANCE = 5;
const FEWEST_OF_A_KIND = 10;

/** `label` is 0 or 1 of every row of `frame`; `train` and `validation` are rows. The suspects are in the order of the columns. */
export function suspectFeatures(
  frame: Frame,
  label: ArrayLike<number>,
  train: ArrayLike<number>,
  validation: ArrayLike<number>,
): SuspectFeature[] {
  const early = evenly(train);
  const late = evenly(validation);
  const labelsOf = (rows: ArrayLike<number>) => Uint8Array.from(rows, (row) => (label[row] > 0.5 ? 1 : 0));
  const [earlyLabels, lateLabels] = [labelsOf(early), labelsOf(late)];
  const both = Int32Array.from([...early, ...late]);
  const isLate = Uint8Array.from(both, (_, n) => (n < early.length ? 0 : 1));
  const suspects: SuspectFeature[] = [];
  const seen = new Map<number, FrameColumn[]>();
  for (const column of frame.columns) {
    const feature = column.name;
    if (isConstant(column, train)) {
      suspects.push({ feature, kind: 'constant', reason: 'has one value in every training row' });
      continue;
    }
    const hash = hashOf(column, early);
    const twin = seen.get(hash)?.find((other) => isSame(other, column, train));
    if (twin !== undefined) {
      const reason = `repeats ${twin.name} in every training row`;
      suspects.push({ feature, kind: 'duplicate', reason, of: twin.name });
      continue;
    }
    seen.set(hash, [...(seen.get(hash) ?? []), column]);
    // Categories have no order of their own: ranked by the outcome they would know it by construction.
    if (column.kind !== 'numeric') continue;
    const inTraining = strength(column.values, early, earlyLabels);
    const inValidation = strength(column.values, late, lateLabels);
    if (inTraining.auc >= LEAK_AUC && inTraining.sure)
      suspects.push({
        feature,
        kind: 'leak',
        auc: inTraining.auc,
        reason: `alone tells the outcome with AUC ${inTraining.auc.toFixed(3)}: is it known before the outcome is?`,
      });
    else if (
      inTraining.sure &&
      lateLabels.length > 0 &&
      inTraining.auc - inValidation.auc > UNSTABLE_DROP + BEYOND_CHANCE * inValidation.error
    )
      suspects.push({
        feature,
        kind: 'unstable',
        auc: inTraining.auc,
        reason: `tells the outcome with AUC ${inTraining.auc.toFixed(3)} in training rows and ${inValidation.auc.toFixed(3)} in validation rows`,
      });
    const shift = strength(column.values, both, isLate);
    if (shift.auc >= SHIFT_AUC && shift.sure)
      suspects.push({
        feature,
        kind: 'shift',
        auc: shift.auc,
        reason: `tells training rows from validation rows with AUC ${shift.auc.toFixed(3)}: it stands for the time or the order of rows`,
      });
  }
  return suspects;
}

function evenly(rows: ArrayLike<number>): Int32Array {
  const count = Math.min(JUDGED_ROWS, rows.length);
  return Int32Array.from({ length: count }, (_, n) => rows[Math.floor((n * rows.length) / count)]);
}

interface Strength {
  /** 0.5 to 1: in whichever direction the feature tells more. */
  readonly auc: number;
  /** Its standard error if the feature told nothing (Mann and Whitney, 1947): √((n₁ + n₀ + 1) / (12 n₁ n₀)). */
  readonly error: number;
  readonly sure: boolean;
}

/** The share of pairs in which the positive's value is the greater, ties a half; a missing value is below every number. */
function strength(values: Float64Array, rows: Int32Array, positive: Uint8Array): Strength {
  const positives = positive.reduce((sum, one) => sum + one, 0);
  const negatives = rows.length - positives;
  if (positives < FEWEST_OF_A_KIND || negatives < FEWEST_OF_A_KIND) return { auc: 0.5, error: 0.5, sure: false };
  const sorted = (wanted: number) => {
    const kept = rows.filter((_, n) => positive[n] === wanted);
    const keys = Float64Array.from(kept, (row) => (Number.isNaN(values[row]) ? Number.NEGATIVE_INFINITY : values[row]));
    return keys.sort();
  };
  const above = sorted(1);
  const below = sorted(0);
  let pairs = 0;
  let less = 0;
  let upTo = 0;
  for (const value of above) {
    while (less < negatives && below[less] < value) less++;
    upTo = Math.max(upTo, less);
    while (upTo < negatives && below[upTo] === value) upTo++;
    pairs += less + (upTo - less) / 2;
  }
  const auc = pairs / (positives * negatives);
  const error = Math.sqrt((positives + negatives + 1) / (12 * positives * negatives));
  const directed = Math.max(auc, 1 - auc);
  return { auc: directed, error, sure: directed - 0.5 > BEYOND_CHANCE * error };
}

function cellOf(column: FrameColumn, row: number): number {
  return column.kind === 'numeric' ? column.values[row] : column.codes[row];
}

function isConstant(column: FrameColumn, rows: ArrayLike<number>): boolean {
  for (let n = 1; n < rows.length; n++) if (!Object.is(cellOf(column, rows[n]), cellOf(column, rows[0]))) return false;
  return rows.length > 0;
}

/** FNV-1a of the values' text: columns alike in the judged rows have one hash. */
function hashOf(column: FrameColumn, rows: Int32Array): number {
  let hash = column.kind === 'numeric' ? 0x811c9dc5 : 0x01000193;
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  for (const row of rows) {
    double[0] = cellOf(column, row);
    hash = Math.imul(hash ^ words[0], 0x01000193);
    hash = Math.imul(hash ^ words[1], 0x01000193);
  }
  return hash >>> 0;
}

function isSame(one: FrameColumn, other: FrameColumn, rows: ArrayLike<number>): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === 'categorical' && other.kind === 'categorical') {
    if (one.categories.length !== other.categories.length) return false;
    if (one.categories.some((category, c) => category !== other.categories[c])) return false;
  }
  for (let n = 0; n < rows.length; n++) if (!Object.is(cellOf(one, rows[n]), cellOf(other, rows[n]))) return false;
  return true;
}

const MOST_NAMED = 5;

/** A sentence a kind for the user; constants and repeats in one each. */
export function suspectSentences(suspects: readonly SuspectFeature[]): string[] {
  const named = (kind: SuspectFeature['kind']) => {
    const names = suspects.filter((one) => one.kind === kind).map(({ feature }) => feature);
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    return { count: names.length, text: `${names.slice(0, MOST_NAMED).join(', ')}${more}` };
  };
  const constant = named('constant');
  const duplicate = named('duplicate');
  const serious = suspects.filter(({ kind }) => kind === 'leak' || kind === 'unstable' || kind === 'shift');
  return [
    ...serious
      .slice(0, 2 * MOST_NAMED)
      .map(({ feature, reason }) => `${feature} ${reason}${reason.endsWith('?') ? '' : '.'}`),
    ...(serious.length > 2 * MOST_NAMED ? [`${serious.length - 2 * MOST_NAMED} more features are suspect.`] : []),
    ...(constant.count > 0 ? [`One value in every training row: ${constant.text}.`] : []),
    ...(duplicate.count > 0 ? [`Repeat another feature: ${duplicate.text}.`] : []),
  ];
}
