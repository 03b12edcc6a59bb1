/**
 * Exports a forest, or a whole weighted and calibrated ensemble, as ONNX bytes: one double input `features`
 * [N, columns], tensors out, no ZipMap and no post_transform. The same model gives the same bytes. Proving that the
 * bytes say what the model says is prove-export.ts's part.
 */
import { addCalibration, type OnnxCalibration } from './calibration-graph.js';
import { addForest } from './forest-graph.js';
import { GraphWriter } from './graph-writer.js';
import { memberColumns, type OnnxColumn, type OnnxMember, unionColumns } from './onnx-columns.js';

/** The graph's input. */
export const FEATURES = 'features';
/** The graph's main output, [N, 1]. */
export const PROBABILITY = 'purchase_probability';
/** The second output of a single model's graph, [N, 1]. */
export const RAW_SCORE = 'raw_score';

export interface WeightedMember extends OnnxMember {
  readonly weight: number;
}

/** The bytes of an export with what they were made from. */
export interface OnnxExport {
  readonly bytes: Uint8Array;
  readonly columns: readonly OnnxColumn[];
  readonly members: readonly OnnxMember[];
  /** The outputs' names: [raw score, probability] of each member, where the graph has them, and the graph's own. */
  readonly outputs: readonly string[];
}

/** One model: outputs `raw_score` and `purchase_probability`. */
export function exportForest(member: OnnxMember): OnnxExport {
  const members = [member];
  const columns = unionColumns(members);
  const graph = new GraphWriter();
  const features = graph.input(FEATURES, columns.length);
  const outputs = { raw: RAW_SCORE, probability: PROBABILITY };
  addForest(graph, '', member.forest, features, columns.length, memberColumns(columns, member), outputs);
  graph.output(RAW_SCORE);
  graph.output(PROBABILITY);
  const metadata = { 'ecomml.models': JSON.stringify([describe(member)]), ...columnMetadata(columns) };
  const bytes = graph.finish(identifier(member.name), metadata, `Purchase probability by ${member.name}.`);
  return { bytes, columns, members, outputs: [RAW_SCORE, PROBABILITY] };
}

/**
 * The ensemble: outputs `purchase_probability`, calibrated, and each member's `<name>_probability`. The members'
 * probabilities are weighted and added in their order; weights ≥ 0 with the sum 1.
 */
export function exportEnsemble(members: readonly WeightedMember[], calibration: OnnxCalibration): OnnxExport {
  const columns = unionColumns(members);
  const graph = new GraphWriter();
  const features = graph.input(FEATURES, columns.length);
  const outputs = [PROBABILITY];
  graph.output(PROBABILITY);
  let mean: string | undefined;
  for (const member of members) {
    const prefix = `${identifier(member.name)}_`;
    const names = { raw: `${prefix}raw_score`, probability: `${prefix}probability` };
    addForest(graph, prefix, member.forest, features, columns.length, memberColumns(columns, member), names);
    graph.output(names.probability);
    outputs.push(names.probability);
    const weight = graph.constant(`${prefix}weight`, Float64Array.of(member.weight));
    const weighted = graph.node(`${prefix}weighted`, 'Mul', [names.probability, weight]);
    mean = mean === undefined ? weighted : graph.node(`${prefix}added`, 'Add', [mean, weighted]);
  }
  // Rounding may leave the mean a bit outside of [0, 1].
  const zero = graph.constant('zero', Float64Array.of(0), []);
  const one = graph.constant('one', Float64Array.of(1), []);
  const kept = graph.node('mean', 'Clip', [mean as string, zero, one]);
  addCalibration(graph, calibration, kept, PROBABILITY);
  const metadata = {
    'ecomml.models': JSON.stringify(members.map((member) => ({ ...describe(member), weight: member.weight }))),
    'ecomml.calibration': calibration.method,
    ...columnMetadata(columns),
  };
  const names = members.map((member) => member.name).join(', ');
  const bytes = graph.finish('ensemble', metadata, `Purchase probability by the weighted vote of ${names}.`);
  return { bytes, columns, members, outputs };
}

/** The output of a member's probability in an ensemble's graph. */
export function memberOutput(name: string): string {
  return `${identifier(name)}_probability`;
}

function identifier(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '_');
}

function describe({ name, forest }: OnnxMember) {
  return { name, family: forest.family, trees: forest.treeWeight.length, link: forest.link };
}

function columnMetadata(columns: readonly OnnxColumn[]): Record<string, string> {
  return { 'ecomml.format': '1', 'ecomml.columns': JSON.stringify(columns) };
}
