/** The ensemble's calibration as nodes of a graph. The structures are those that ensemble/ fits and stores. */
import type { GraphWriter } from './graph-writer.js';

export type OnnxCalibration =
  | { readonly method: 'none' }
  /** σ(slope · logit p + intercept) */
  | { readonly method: 'platt'; readonly slope: number; readonly intercept: number }
  /** σ(a · ln p − b · ln(1 − p) + c) */
  | { readonly method: 'beta'; readonly a: number; readonly b: number; readonly c: number }
  /** Straight lines between (score, value), flat outside; scores strictly ascending. */
  | { readonly method: 'isotonic'; readonly score: readonly number[]; readonly value: readonly number[] };

/** Below it a probability's logarithm is taken of this instead: log-odds stay finite. */
const EDGE = 1e-15;

/** Adds the map from `probability` [N, 1] to the value `output`. */
export function addCalibration(
  graph: GraphWriter,
  calibration: OnnxCalibration,
  probability: string,
  output: string,
): void {
  switch (calibration.method) {
    case 'none':
      graph.node(output, 'Identity', [probability]);
      return;
    case 'platt': {
      const { slope, intercept } = calibration;
      addLogistic(graph, slope, slope, intercept, probability, output);
      return;
    }
    case 'beta':
      addLogistic(graph, calibration.a, calibration.b, calibration.c, probability, output);
      return;
    default:
      addIsotonic(graph, calibration.score, calibration.value, probability, output);
  }
}

/** σ(a · ln p − b · ln(1 − p) + c) */
function addLogistic(graph: GraphWriter, a: number, b: number, c: number, probability: string, output: string): void {
  const scalar = (name: string, value: number) => graph.constant(`calibration_${name}`, Float64Array.of(value));
  const edge = scalar('edge', EDGE);
  const logarithm = (name: string, value: string) => {
    const kept = graph.node(`calibration_${name}_kept`, 'Max', [value, edge]);
    return graph.node(`calibration_${name}_log`, 'Log', [kept]);
  };
  const high = logarithm('high', probability);
  const rest = graph.node('calibration_rest', 'Sub', [scalar('one', 1), probability]);
  const low = logarithm('low', rest);
  const up = graph.node('calibration_up', 'Mul', [high, scalar('a', a)]);
  const down = graph.node('calibration_down', 'Mul', [low, scalar('b', b)]);
  const slope = graph.node('calibration_slope', 'Sub', [up, down]);
  graph.node(output, 'Sigmoid', [graph.node('calibration_score', 'Add', [slope, scalar('c', c)])]);
}

/**
 * first value + Σ over segments of rise · clip((p − start) / width, 0, 1). Takes rows × segments doubles while it runs;
 * rounding adds at most some 1e-16 a segment.
 */
function addIsotonic(
  graph: GraphWriter,
  score: readonly number[],
  value: readonly number[],
  probability: string,
  output: string,
): void {
  const segments = score.length - 1;
  const row = (name: string, of: (segment: number) => number) =>
    graph.constant(
      `calibration_${name}`,
      Float64Array.from({ length: segments }, (_, s) => of(s)),
      [1, segments],
    );
  const starts = row('starts', (s) => score[s]);
  const widths = row('widths', (s) => score[s + 1] - score[s]);
  const rises = row('rises', (s) => value[s + 1] - value[s]);
  const zero = graph.constant('calibration_zero', Float64Array.of(0), []);
  const one = graph.constant('calibration_one', Float64Array.of(1), []);
  const past = graph.node('calibration_past', 'Sub', [probability, starts]);
  const share = graph.node('calibration_share', 'Div', [past, widths]);
  const clipped = graph.node('calibration_clipped', 'Clip', [share, zero, one]);
  const risen = graph.node('calibration_risen', 'Mul', [clipped, rises]);
  const axis = graph.constant('calibration_axis', BigInt64Array.of(1n));
  const sum = graph.node('calibration_sum', 'ReduceSum', [risen, axis], { keepdims: 1 });
  graph.node(output, 'Add', [sum, graph.constant('calibration_first', Float64Array.of(value[0]))]);
}
