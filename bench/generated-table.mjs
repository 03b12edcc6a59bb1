/**
 * Seeded tables for the benches, written once into a cache folder and read by both sides: `cells.f32`, column after
 * column of little-endian float32 (training rows, then test rows), `label.u8`, and `table.json`, which says the shape.
 * A category is its code, a missing cell NaN. Values are float32 because every library keeps those exactly.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Random } from '../dist/base/random.js';

/** Grows when the generator changes: older tables are then made again. */
const VERSION = 1;
const SEED = 20;

/** name → training rows, test rows and the kinds of its columns. */
export const TABLES = {
  numeric: { rows: 800_000, testRows: 200_000, columns: numericColumns(30) },
  mixed: { rows: 1_000_000, testRows: 200_000, columns: mixedColumns() },
};

/** Continuous columns of several shapes: normal, uniform, skewed, and rounded to tenths. */
export function numericColumns(count) {
  const shapes = ['normal', 'uniform', 'skewed', 'normal', 'rounded'];
  return Array.from({ length: count }, (_, c) => ({
    name: `x${c}`,
    kind: 'numeric',
    shape: shapes[c % 5],
    missing: 0,
  }));
}

/** 80 numeric columns (a quarter of them with holes, eight mostly zero, twelve small counts) and 20 categorical ones. */
function mixedColumns() {
  const levels = [2, 3, 4, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 400, 500, 800, 1200, 2000, 3000, 5000];
  const numeric = numericColumns(60).map((column, c) =>
    c % 4 === 2 ? { ...column, missing: 0.05 + (c % 8) / 20 } : column,
  );
  const counts = Array.from({ length: 12 }, (_, c) => ({ name: `n${c}`, kind: 'numeric', shape: 'count', missing: 0 }));
  const sparse = Array.from({ length: 8 }, (_, c) => ({ name: `s${c}`, kind: 'numeric', shape: 'sparse', missing: 0 }));
  const categorical = levels.map((count, c) => ({
    name: `c${count}`,
    kind: 'categorical',
    levels: count,
    missing: c % 3 === 0 ? 0.05 : 0,
  }));
  return [...numeric, ...counts, ...sparse, ...categorical];
}

/** The folder of a table with `share` of its training rows, made when it is not there yet. */
export function tableFolder(cache, name, share = 1, log = () => {}) {
  const { columns, testRows, ...size } = TABLES[name];
  const rows = Math.round(size.rows * share);
  return makeTable(cache, { name, rows, testRows, columns }, log);
}

/** The folder of a table of this shape, made when it is not there yet. */
export function makeTable(cache, { name, rows, testRows, columns }, log = () => {}) {
  const folder = join(cache, `${name}-${rows}+${testRows}x${columns.length}-v${VERSION}`);
  if (existsSync(join(folder, 'table.json'))) return folder;
  log(`writing the table ${name}: ${rows} + ${testRows} rows × ${columns.length} columns`);
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  writeTable(aside, { name, rows, testRows, columns });
  rmSync(folder, { recursive: true, force: true });
  renameSync(aside, folder);
  return folder;
}

function writeTable(folder, { name, rows, testRows, columns }) {
  const total = rows + testRows;
  const score = new Float64Array(total);
  const file = openSync(join(folder, 'cells.f32'), 'w');
  let before;
  columns.forEach((column, c) => {
    const values = column.kind === 'categorical' ? categories(column, total, c) : numbers(column, total, c);
    addEffect(score, column, values, before, c);
    dropCells(column, values, c);
    writeSync(file, values);
    before = values;
  });
  closeSync(file);
  const random = new Random(SEED, 1_000_000);
  const label = Uint8Array.from(score, (s) => (random.next() < 1 / (1 + Math.exp(-s)) ? 1 : 0));
  writeFileSync(join(folder, 'label.u8'), label);
  writeFileSync(join(folder, 'table.json'), JSON.stringify({ name, rows, testRows, columns }));
}

function numbers({ shape }, total, c) {
  const random = new Random(SEED, c);
  const draw = {
    normal: () => random.normal(),
    uniform: () => random.next(),
    skewed: () => -Math.log(1 - random.next()),
    rounded: () => Math.round(random.normal() * 10) / 10,
    count: () => Math.floor(-3 * Math.log(1 - random.next())),
    sparse: () => (random.next() < 0.9 ? 0 : 1 + random.below(30)),
  }[shape];
  return Float32Array.from({ length: total }, draw);
}

/** Codes; low codes are the common ones. */
function categories({ levels }, total, c) {
  const random = new Random(SEED, c);
  return Float32Array.from({ length: total }, () => Math.floor(levels * random.next() ** 2));
}

/** Adds a column's part to the logit: every third column is noise, others are linear, steps, waves or products. */
function addEffect(score, column, x, before, c) {
  const random = new Random(SEED, 500_000 + c);
  const size = 0.6 / (1 + c / 8);
  if (column.kind === 'categorical') {
    const effects = Float64Array.from({ length: column.levels }, () => 0.25 * random.normal());
    for (let row = 0; row < x.length; row++) score[row] += effects[x[row]];
    return;
  }
  const kind = c % 6;
  for (let row = 0; row < x.length; row++) {
    if (kind === 0) score[row] += size * x[row];
    else if (kind === 1) score[row] += size * (x[row] > 0.5 ? 1 : -1);
    else if (kind === 3) score[row] += size * Math.sin(2 * x[row]);
    else if (kind === 4 && !Number.isNaN(before[row])) score[row] += size * x[row] * before[row];
  }
}

function dropCells({ missing }, values, c) {
  if (missing === 0) return;
  const random = new Random(SEED, 800_000 + c);
  for (let row = 0; row < values.length; row++) if (random.next() < missing) values[row] = Number.NaN;
}

/** Training and test rows of a table, as ecomml's labelled matrices over shared memory; `part`: train or test. */
export function readTable(folder, part) {
  const { rows, testRows, columns } = JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8'));
  const total = rows + testRows;
  const from = part === 'train' ? 0 : rows;
  const count = part === 'train' ? rows : testRows;
  const file = openSync(join(folder, 'cells.f32'), 'r');
  const matrixColumns = columns.map(({ name, kind, levels }, c) => {
    // As `ecomml train` keeps what single precision holds exactly.
    const values = new Float32Array(new SharedArrayBuffer(count * 4));
    readSync(file, values, 0, count * 4, (c * total + from) * 4);
    if (kind === 'numeric') return { name, kind, values };
    return { name, kind, values, categories: Array.from({ length: levels }, (_, code) => `level-${code}`) };
  });
  closeSync(file);
  const label = Float64Array.from(readFileSync(join(folder, 'label.u8')).subarray(from, from + count));
  return { matrix: { rows: count, columns: matrixColumns }, label };
}
