/**
 * Three exact ways to the same SHAP values, in plain JavaScript on the same random trees and one thread: TreeSHAP
 * (arXiv 1802.03888, algorithm 2), Linear TreeSHAP (arXiv 2209.08192) and Gauss–Legendre quadrature (arXiv 2605.04497,
 * with as many points as the path needs, and with always 8). For each depth: microseconds a row and tree, and how far base + Σ is off the score.
 * Run after a build: `node bench/shap-methods.mjs [--errors]` (`--errors`: no times).
 */
import { Random } from '../dist/base/random.js';
import { gaussLegendre } from '../dist/explain/gauss-legendre.js';

const FEATURES = 40;
const ROWS = 10;
const TREES = 3;

function randomTree(random, depth, level = 0, ratio = 1) {
  if (level === depth || (level > 3 && random.next() < 0.12 + 0.02 * level)) return { value: random.normal(), ratio };
  const share = 0.02 + 0.96 * random.next();
  const feature = random.below(FEATURES);
  const threshold = random.normal();
  const left = randomTree(random, depth, level + 1, share);
  return { feature, threshold, ratio, left, right: randomTree(random, depth, level + 1, 1 - share) };
}

const mean = (node) =>
  node.left === undefined ? node.value : node.left.ratio * mean(node.left) + node.right.ratio * mean(node.right);
const goesLeft = (node, row) => row[node.feature] <= node.threshold;
const score = (node, row) =>
  node.left === undefined ? node.value : score(goesLeft(node, row) ? node.left : node.right, row);
const distinct = (node, seen = new Set()) => {
  if (node.left === undefined) return seen.size;
  const more = new Set(seen).add(node.feature);
  return Math.max(distinct(node.left, more), distinct(node.right, more));
};

/** TreeSHAP: the coefficients of the path, extended and unwound. */
function treeShap(root, row, phi) {
  const unwound = (path, at) => {
    const { zero, one } = path[at];
    const last = path.length - 1;
    const out = path.filter((_, i) => i !== at).map((entry) => ({ ...entry }));
    let next = path[last].weight;
    for (let i = last - 1; i >= 0; i--) {
      if (one !== 0) {
        const weight = (next * (last + 1)) / ((i + 1) * one);
        next = path[i].weight - (weight * zero * (last - i)) / (last + 1);
        out[i].weight = weight;
      } else out[i].weight = (path[i].weight * (last + 1)) / (zero * (last - i));
    }
    return out;
  };
  const visit = (node, above, zero, one, feature) => {
    const path = above.map((entry) => ({ ...entry }));
    const size = path.length;
    path.push({ feature, zero, one, weight: size === 0 ? 1 : 0 });
    for (let i = size - 1; i >= 0; i--) {
      path[i + 1].weight += (one * path[i].weight * (i + 1)) / (size + 1);
      path[i].weight = (zero * path[i].weight * (size - i)) / (size + 1);
    }
    if (node.left === undefined) {
      for (let i = 1; i <= size; i++) {
        const sum = unwound(path, i).reduce((total, entry) => total + entry.weight, 0);
        phi[path[i].feature] += sum * (path[i].one - path[i].zero) * node.value;
      }
      return;
    }
    const [hot, cold] = goesLeft(node, row) ? [node.left, node.right] : [node.right, node.left];
    const known = path.findIndex((entry) => entry.feature === node.feature);
    const before = known < 0 ? { zero: 1, one: 1 } : path[known];
    const rest = known < 0 ? path : unwound(path, known);
    visit(hot, rest, before.zero * hot.ratio, before.one, node.feature);
    visit(cold, rest, before.zero * cold.ratio, 0, node.feature);
  };
  visit(root, [], 1, 1, -1);
}

/** Points, and the functional that Shapley's weights are, as an inner product at them (a Vandermonde system). */
function linearRule(degree) {
  const y = Array.from({ length: degree }, (_, i) => Math.cos((Math.PI * (i + 0.5)) / degree) + 1.1);
  const rows = Array.from({ length: degree }, (_, power) => {
    let binomial = 1;
    for (let k = 0; k < power; k++) binomial = (binomial * (degree - 1 - k)) / (k + 1);
    return [...y.map((point) => point ** power), 1 / binomial / degree];
  });
  for (let c = 0; c < degree; c++) {
    let pivot = c;
    for (let r = c + 1; r < degree; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[pivot][c])) pivot = r;
    [rows[c], rows[pivot]] = [rows[pivot], rows[c]];
    for (let r = 0; r < degree; r++) {
      if (r === c) continue;
      const factor = rows[r][c] / rows[c][c];
      for (let k = c; k <= degree; k++) rows[r][k] -= factor * rows[c][k];
    }
  }
  return { points: y, weights: rows.map((line, c) => line[degree] / line[c]) };
}

/** Linear TreeSHAP, every leaf brought to the tree's degree by factors y + 1, which stand for players without a say. */
function linearShap(root, row, phi, { points, weights }) {
  const degree = points.length;
  const visit = (node, product, weight, players, above) => {
    if (node.left === undefined)
      return points.map((y, i) => product[i] * (y + 1) ** (degree - players) * node.value * weight);
    const left = goesLeft(node, row);
    const sum = new Array(degree).fill(0);
    for (const child of [node.left, node.right]) {
      const before = above[node.feature];
      const q = ((before ?? 1) * ((child === node.left) === left ? 1 : 0)) / child.ratio;
      const next = product.map((p, i) => (p * (points[i] + q)) / (before === undefined ? 1 : points[i] + before));
      above[node.feature] = q;
      const below = visit(child, next, weight * child.ratio, players + (before === undefined ? 1 : 0), above);
      above[node.feature] = before;
      for (let i = 0; i < degree; i++) {
        sum[i] += below[i];
        const old = before === undefined ? 0 : (before - 1) / (points[i] + before);
        phi[node.feature] += weights[i] * below[i] * ((q - 1) / (points[i] + q) - old);
      }
    }
    return sum;
  };
  visit(root, new Array(degree).fill(1), 1, 0, []);
}

function quadratureShap(root, row, phi, { points, weights }) {
  const q = points.length;
  const visit = (node, product, above) => {
    if (node.left === undefined) return product.map((p) => p * node.value);
    const left = goesLeft(node, row);
    const sum = new Float64Array(q);
    for (const child of [node.left, node.right]) {
      const before = above[node.feature] ?? { z: 1, o: 1 };
      const now = { z: before.z * child.ratio, o: (child === node.left) === left ? before.o : 0 };
      const f = (state, t) => state.z * (1 - t) + state.o * t;
      const next = product.map((p, i) => (p * f(now, points[i])) / f(before, points[i]));
      above[node.feature] = now;
      const below = visit(child, next, above);
      above[node.feature] = before;
      for (let i = 0; i < q; i++) {
        sum[i] += below[i];
        const change = (now.o - now.z) / f(now, points[i]) - (before.o - before.z) / f(before, points[i]);
        phi[node.feature] += weights[i] * below[i] * change;
      }
    }
    return sum;
  };
  visit(root, new Float64Array(q).fill(1), []);
}

const timed = !process.argv.includes('--errors');
for (const depth of [6, 10, 16, 24]) {
  const random = new Random(depth);
  const trees = Array.from({ length: TREES }, () => randomTree(random, depth));
  const rows = Array.from({ length: ROWS }, () => Array.from({ length: FEATURES }, () => random.normal()));
  const degree = Math.max(...trees.map((tree) => distinct(tree)));
  const [rule, eight, linear] = [gaussLegendre(Math.ceil(degree / 2)), gaussLegendre(8), linearRule(degree)];
  const methods = {
    TreeSHAP: (tree, row, phi) => treeShap(tree, row, phi),
    'Linear TreeSHAP': (tree, row, phi) => linearShap(tree, row, phi, linear),
    'quadrature, 8 points': (tree, row, phi) => quadratureShap(tree, row, phi, eight),
    'quadrature, as many as needed': (tree, row, phi) => quadratureShap(tree, row, phi, rule),
  };
  console.log(`depth ${depth}, at most ${degree} features on a path, ${rule.points.length} points needed`);
  for (const [name, explain] of Object.entries(methods)) {
    let worst = 0;
    const run = () => {
      for (const tree of trees)
        for (const row of rows) {
          const phi = new Float64Array(FEATURES);
          explain(tree, row, phi);
          worst = Math.max(worst, Math.abs(phi.reduce((a, b) => a + b, mean(tree)) - score(tree, row)));
        }
    };
    run();
    const start = process.cpuUsage();
    if (timed) for (let repeat = 0; repeat < 3; repeat++) run();
    const { user } = process.cpuUsage(start);
    const time = timed ? `${(user / 3 / TREES / ROWS).toFixed(1)} µs, ` : '';
    console.log(`  ${name}: ${time}sum off by ${worst.toExponential(1)}`);
  }
}
