/**
 * Training, ours and the originals', side by side: whole processes over the same generated tables, in turn, outputs
 * compared before a time is printed. See bench/README.md for the options and what each figure is.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tableFolder } from './generated-table.mjs';
import { median, pairedRatio } from './medians.mjs';
import { libraryVersion, runSide } from './run-side.mjs';
import { FAMILY_OF_PEER, selectCases } from './train-cases.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    table: { type: 'string', multiple: true, default: ['numeric', 'mixed'] },
    python: { type: 'string', default: 'python3' },
    repetitions: { type: 'string' },
    trees: { type: 'string' },
    share: { type: 'string' },
    quick: { type: 'boolean', default: false },
    ours: { type: 'boolean', default: false },
    cache: { type: 'string', default: join(tmpdir(), 'ecomml-bench') },
    json: { type: 'string' },
  },
});

/** Test log losses may differ by this share: what the goal calls equal. */
const EQUAL = 0.002;
/** Forests of pure leaves say 0 or 1 outright; half a vote of a hundred keeps one such row from ruling the mean. */
const CLIP = { 'random-forest': 0.005 };

const scratch = mkdtempSync(join(tmpdir(), 'ecomml-bench-run-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const log = (line) => console.error(line);
const results = [];
const versions = new Map();

for (const one of selectCases(options.only, options.table)) {
  const share = Number(options.share ?? (options.quick ? 0.1 : 1)) * one.share;
  const folder = tableFolder(options.cache, one.table, share, log);
  const parameters =
    options.trees === undefined ? one.parameters : { ...one.parameters, [one.trees]: Number(options.trees) };
  const job = { folder, family: one.family, parameters, threads: one.threads };
  const library = FAMILY_OF_PEER[one.family];
  if (!options.ours && !versions.has(library)) {
    versions.set(library, libraryVersion(library, options.python));
    if (versions.get(library) === undefined)
      log(`${library} is not installed for ${options.python}: its cases are run on our side alone.`);
  }
  const result = measure(one, job, !options.ours && versions.get(library) !== undefined);
  results.push(result);
  log(summary(result));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report(), undefined, 2)}\n`);
}
console.log(markdown(results));

/**
 * All repetitions of a case; the two sides take turns in going first. Each repetition has a seed of its own, and test log
 * losses are compared as means over the repetitions so far: families that draw at random differ a little by their seed.
 */
function measure(one, job, withPeer) {
  const rounds = Number(options.repetitions ?? (options.quick || one.table === 'mixed' ? 3 : 5));
  const sides = withPeer ? ['ours', 'theirs'] : ['ours'];
  const runs = { ours: [], theirs: [] };
  let result;
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const predictions = join(scratch, side);
      const script = side === 'ours' ? './train-ecomml.mjs' : './peers/train.py';
      const run = runSide(script, { ...job, seed: round + 1, predictions }, options.python);
      runs[side].push({ ...figures(run), logLoss: testLogLoss(job.folder, predictions, CLIP[one.family]) });
    }
    const losses = { ours: mean(runs.ours), theirs: withPeer ? mean(runs.theirs) : undefined };
    result = { name: one.name, losses, runs, differs: withPeer && Math.abs(losses.ours / losses.theirs - 1) > EQUAL };
    for (const side of sides)
      log(
        `  ${one.name} ${side} ${round + 1}/${rounds}: ${result.differs ? differs(result) : line(runs[side].at(-1))}`,
      );
  }
  return result;
}

function mean(runs) {
  return runs.reduce((sum, { logLoss }) => sum + logLoss, 0) / runs.length;
}

/** Seconds from the table in memory to the trained model (binning included), and of the process without the reading. */
function figures({ started, read, trained }) {
  return {
    wall: trained.wall - read.wall,
    cpu: trained.cpu - read.cpu,
    processWall: trained.wall - (read.wall - started.wall),
    processCpu: trained.cpu - (read.cpu - started.cpu),
    readWall: read.wall - started.wall,
    peakMegabytes: trained.peakMegabytes,
    tableMegabytes: read.peakMegabytes,
  };
}

function testLogLoss(folder, predictions, clip = 1e-15) {
  const { rows } = JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8'));
  const label = readFileSync(join(folder, 'label.u8')).subarray(rows);
  const bytes = readFileSync(predictions);
  const probability = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  if (probability.length !== label.length) throw new Error(`${predictions}: ${probability.length} predictions`);
  let sum = 0;
  for (let row = 0; row < label.length; row++) {
    const p = Math.min(1 - clip, Math.max(clip, probability[row]));
    sum -= Math.log(label[row] === 1 ? p : 1 - p);
  }
  return sum / label.length;
}

function line({ wall, cpu, peakMegabytes, readWall }) {
  return `${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s CPU, peak ${peakMegabytes.toFixed(0)} MB (table read in ${readWall.toFixed(2)} s)`;
}

/** Medians of a side, and the ratios ours / theirs pair by pair. */
function medians({ runs }) {
  const of = (side, figure) => median(runs[side].map((run) => run[figure]));
  const ratio = (figure) => {
    const [ours, theirs] = [runs.ours, runs.theirs].map((side) => side.map((run) => run[figure]));
    return pairedRatio(ours, theirs);
  };
  return { of, ratio };
}

function summary(result) {
  const { of, ratio } = medians(result);
  if (result.differs) return `${result.name}: ${differs(result)}`;
  if (result.runs.theirs.length === 0) return `${result.name}: ours ${of('ours', 'wall').toFixed(2)} s`;
  const [wall, cpu, peak] = ['wall', 'cpu', 'peakMegabytes'].map((figure) => ratio(figure).median.toFixed(2));
  return `${result.name}: wall × ${wall}, CPU × ${cpu}, peak memory × ${peak}`;
}

function differs({ losses }) {
  return `outputs differ, no time: test log loss ${losses.ours.toFixed(5)} ours, ${losses.theirs.toFixed(5)} theirs`;
}

function report() {
  const about = { node: process.version, versions: Object.fromEntries(versions), options };
  return { about, results: results.map((result) => ({ ...result, ratios: ratios(result) })) };
}

function ratios(result) {
  if (result.differs || result.runs.theirs.length === 0) return undefined;
  const { ratio } = medians(result);
  return Object.fromEntries(Object.keys(result.runs.ours[0]).map((figure) => [figure, ratio(figure)]));
}

function markdown(rows) {
  const head = [
    'case',
    'wall s',
    'theirs',
    'ratio',
    '(low – high)',
    'CPU s',
    'theirs',
    'ratio',
    'process ratio',
    'peak MB',
    'theirs',
    'ratio',
    'log loss',
    'theirs',
  ];
  const body = rows.map((result) => {
    const { of, ratio } = medians(result);
    const { ours, theirs } = result.losses;
    if (result.differs) return [result.name, differs(result), ...Array(12).fill('')];
    if (theirs === undefined) {
      const own = ['wall', 'cpu', 'peakMegabytes'].map((figure) =>
        of('ours', figure).toFixed(figure === 'wall' ? 2 : 1),
      );
      return [result.name, own[0], '', '', '', own[1], '', '', '', own[2], '', '', ours.toFixed(5), ''];
    }
    const both = (figure, digits) => [of('ours', figure), of('theirs', figure)].map((value) => value.toFixed(digits));
    const { median: middle, low, high } = ratio('wall');
    return [
      result.name,
      ...both('wall', 2),
      middle.toFixed(2),
      `${low.toFixed(2)} – ${high.toFixed(2)}`,
      ...both('cpu', 2),
      ratio('cpu').median.toFixed(2),
      ratio('processWall').median.toFixed(2),
      ...both('peakMegabytes', 0),
      ratio('peakMegabytes').median.toFixed(2),
      ours.toFixed(5),
      theirs.toFixed(5),
    ];
  });
  return [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...body]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}
