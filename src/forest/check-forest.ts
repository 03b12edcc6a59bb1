/**
 * Refuses a forest that is not one: a damaged file, or a trainer's mistake. After it, no reader of a Forest needs to
 * check an index. It does not judge whether the model is good.
 */
import { EcommlError } from '../base/errors.js';
import { checkTargetStatistics } from './check-target-statistics.js';
import { FAMILIES, type Forest, MissingMode, type ObliviousTrees, Operator } from './forest.js';

/** Throws `BAD_FOREST` naming the first thing that is wrong. `where` begins the sentence: a file's name, or "The model". */
export function checkForest(forest: Forest, where = 'The model'): void {
  const refuse = (what: string): never => {
    throw new EcommlError('BAD_FOREST', `${where} is damaged: ${what}.`, {
      hint: 'Train it again, or copy it again from where it was whole.',
    });
  };
  if (!FAMILIES.includes(forest.family)) refuse(`it has no known family ("${forest.family}")`);
  if (forest.link !== 'logistic' && forest.link !== 'identity') refuse(`it has no known link ("${forest.link}")`);
  if (!Number.isFinite(forest.intercept)) refuse(`its intercept is ${forest.intercept}`);
  checkLengths(forest, refuse);
  checkTargetStatistics(forest, refuse);
  checkTrees(forest, refuse);
  if (forest.oblivious !== undefined) checkOblivious(forest, forest.oblivious, refuse);
}

type Refuse = (what: string) => never;

const NODE_ARRAYS = [
  'operator',
  'missingMode',
  'defaultLeft',
  'threshold',
  'left',
  'right',
  'value',
  'cover',
  'count',
  'hessian',
  'gain',
  'setStart',
  'setLength',
] as const;

function checkLengths(forest: Forest, refuse: Refuse): void {
  const nodes = forest.feature.length;
  const trees = forest.treeWeight.length;
  for (const name of NODE_ARRAYS)
    if (forest[name].length !== nodes) refuse(`${name} has ${forest[name].length} entries for ${nodes} nodes`);
  if (forest.treeStart.length !== trees + 1)
    refuse(`treeStart has ${forest.treeStart.length} entries for ${trees} trees`);
  if (forest.treeStart[0] !== 0 || forest.treeStart[trees] !== nodes) refuse(`its trees do not cover its nodes`);
  let sum = 0;
  for (let tree = 0; tree < trees; tree++) {
    if (forest.treeStart[tree + 1] <= forest.treeStart[tree]) refuse(`tree ${tree} has no node`);
    if (!Number.isFinite(forest.treeWeight[tree])) refuse(`tree ${tree} has weight ${forest.treeWeight[tree]}`);
    sum += forest.treeWeight[tree];
  }
  if (forest.average && !(Math.abs(sum) > 0 && Number.isFinite(sum)))
    refuse(`the mean of its trees is undefined (their weights add up to ${sum})`);
}

/** Every node is reached from its tree's root exactly once: in range, no cycle, no shared child, nothing left over. */
function checkTrees(forest: Forest, refuse: Refuse): void {
  const seen = new Uint8Array(forest.feature.length);
  const stack: number[] = [];
  for (let tree = 0; tree < forest.treeWeight.length; tree++) {
    const from = forest.treeStart[tree];
    const to = forest.treeStart[tree + 1];
    let reached = 0;
    stack.push(from);
    while (stack.length > 0) {
      const node = stack.pop() as number;
      if (node < from || node >= to) refuse(`tree ${tree} has a child outside of it (node ${node})`);
      if (seen[node] === 1) refuse(`node ${node} of tree ${tree} has two parents or lies on a cycle`);
      seen[node] = 1;
      reached++;
      checkNode(forest, node, refuse);
      if (forest.feature[node] >= 0) stack.push(forest.left[node], forest.right[node]);
    }
    if (reached !== to - from) refuse(`tree ${tree} has ${to - from - reached} nodes that its root does not lead to`);
  }
}

function checkNode(forest: Forest, node: number, refuse: Refuse): void {
  const feature = forest.feature[node];
  if (feature === -1) {
    if (!Number.isFinite(forest.value[node])) refuse(`leaf ${node} has the value ${forest.value[node]}`);
    return;
  }
  const columns = forest.inputs.length + forest.targetStatistics.length;
  if (feature < 0 || feature >= columns) refuse(`node ${node} tests column ${feature} of ${columns}`);
  const mode = forest.missingMode[node];
  if (mode > MissingMode.NaN) refuse(`node ${node} has the unknown missing mode ${mode}`);
  if (forest.defaultLeft[node] > 1) refuse(`node ${node} has the unknown default ${forest.defaultLeft[node]}`);
  switch (forest.operator[node]) {
    case Operator.LessOrEqual:
    case Operator.Less:
      if (Number.isNaN(forest.threshold[node])) refuse(`node ${node} has the threshold NaN`);
      return;
    case Operator.InSet: {
      const start = forest.setStart[node];
      const length = forest.setLength[node];
      if (start < 0 || length < 0 || start + length > forest.setWords.length)
        refuse(`the category set of node ${node} lies outside the sets`);
      if (mode !== MissingMode.NaN) refuse(`node ${node} tests a category set with the missing mode ${mode}`);
      if (forest.inputs[feature]?.kind !== 'categorical')
        refuse(`node ${node} tests a category set on column ${feature}, which is numeric`);
      return;
    }
    default:
      refuse(`node ${node} has the unknown operator ${forest.operator[node]}`);
  }
}

/** Deepest symmetric tree that is accepted: 65,536 leaves. */
export const MAX_OBLIVIOUS_DEPTH = 16;

function checkOblivious(forest: Forest, oblivious: ObliviousTrees, refuse: Refuse): void {
  const { splitStart, splitFeature, splitBorder, splitOneHot, splitMissingTrue, leafStart, leafValue } = oblivious;
  const trees = forest.treeWeight.length;
  const splits = splitFeature.length;
  if (splitStart.length !== trees + 1 || leafStart.length !== trees + 1)
    refuse('its symmetric trees are not all there');
  if (splitBorder.length !== splits || splitOneHot.length !== splits || splitMissingTrue.length !== splits)
    refuse('its symmetric splits are not all there');
  if (oblivious.leafWeight.length !== leafValue.length) refuse('its symmetric leaves are not all there');
  if (splitStart[0] !== 0 || splitStart[trees] !== splits) refuse('its symmetric trees do not cover their splits');
  if (leafStart[0] !== 0 || leafStart[trees] !== leafValue.length)
    refuse('its symmetric trees do not cover their leaves');
  const columns = forest.inputs.length + forest.targetStatistics.length;
  for (let tree = 0; tree < trees; tree++) {
    const depth = splitStart[tree + 1] - splitStart[tree];
    if (depth < 0 || depth > MAX_OBLIVIOUS_DEPTH) refuse(`symmetric tree ${tree} has depth ${depth}`);
    if (leafStart[tree + 1] - leafStart[tree] !== 2 ** depth)
      refuse(`symmetric tree ${tree} of depth ${depth} has ${leafStart[tree + 1] - leafStart[tree]} leaves`);
  }
  for (let split = 0; split < splits; split++) {
    if (splitFeature[split] < 0 || splitFeature[split] >= columns)
      refuse(`symmetric split ${split} tests column ${splitFeature[split]} of ${columns}`);
    if (Number.isNaN(splitBorder[split])) refuse(`symmetric split ${split} has the border NaN`);
  }
  for (let leaf = 0; leaf < leafValue.length; leaf++)
    if (!Number.isFinite(leafValue[leaf])) refuse(`symmetric leaf ${leaf} has the value ${leafValue[leaf]}`);
}
