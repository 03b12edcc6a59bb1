/**
 * Saabas's approximation of path-dependent contributions: every split on a row's path gives the change of the expected
 * value to the input it tests (A. Saabas, "Interpreting random forests", 2014; shap's `approximate=True`). It costs one
 * walk a row and sums to the score, but it is inconsistent (Lundberg et al., arXiv 1802.03888, section 2): an input that
 * matters more can get less, because splits near the leaves get more. No command uses it; tree-shap.ts is exact.
 */
import type { Forest } from '../forest/forest.js';
import { targetStatisticColumns } from '../forest/target-statistics.js';
import { goesLeft } from '../forest/walk.js';
import type { Matrix } from '../table/matrix.js';
import { shapForest } from './shap-forest.js';
import { coverOf, coverRatio } from './shap-plan.js';
import { shapPlayers, shareValues } from './shap-players.js';
import { checkInputs, type ShapValues } from './tree-shap.js';

/** In the raw score, as `treeShap` gives it: same base, same layout. Throws `WRONG_COLUMNS`. */
export function saabas(forest: Forest, matrix: Matrix): ShapValues {
  checkInputs(forest, matrix);
  const turned = shapForest(forest);
  const players = shapPlayers(turned);
  const expected = expectedValues(turned);
  const total = turned.average ? turned.treeWeight.reduce((sum, weight) => sum + weight, 0) : 1;
  const width = turned.inputs.length;
  const statistics = targetStatisticColumns(turned, matrix, 0, matrix.rows);
  const columns = [...matrix.columns.map(({ values }) => values), ...statistics];
  const values = new Float64Array(matrix.rows * width);
  const ofPlayers = new Float64Array(players.inputs.length);
  for (let row = 0; row < matrix.rows; row++) {
    ofPlayers.fill(0);
    turned.treeWeight.forEach((weight, tree) => {
      let node = turned.treeStart[tree];
      while (turned.feature[node] >= 0) {
        const column = turned.feature[node];
        const next = goesLeft(turned, node, columns[column][row]) ? turned.left[node] : turned.right[node];
        ofPlayers[players.ofColumn[column]] += ((expected[next] - expected[node]) * weight) / total;
        node = next;
      }
    });
    shareValues(players, ofPlayers, values.subarray(row * width, (row + 1) * width));
  }
  const base = turned.treeWeight.reduce(
    (sum, weight, tree) => sum + (expected[turned.treeStart[tree]] * weight) / total,
    turned.intercept,
  );
  return { base, values };
}

/** Mean of the leaves below each node by the ratios of cover. O(nodes). */
function expectedValues(forest: Forest): Float64Array {
  const expected = new Float64Array(forest.feature.length);
  const cover = coverOf(forest);
  const fill = (node: number): number => {
    if (forest.feature[node] < 0) expected[node] = forest.value[node];
    else {
      const [left, right] = [forest.left[node], forest.right[node]];
      const ratio = coverRatio(cover, left, right);
      expected[node] = ratio * fill(left) + (1 - ratio) * fill(right);
    }
    return expected[node];
  };
  for (let tree = 0; tree < forest.treeWeight.length; tree++) fill(forest.treeStart[tree]);
  return expected;
}
