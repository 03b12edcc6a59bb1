/** Plans a `score` run from the heads of its inputs: what --dry-run prints and score.ts executes. No row is read. */
import { basename } from 'node:path';
import { usageError } from '../base/errors.js';
import { SOURCE_FILE } from '../scoring/csv-rows.js';
import type { ResultField } from '../scoring/results.js';
import { scoreFields } from '../scoring/score-columns.js';
import { isStreamed } from '../scoring/score-output.js';
import type { ScorePlan } from '../scoring/score-plan.js';
import type { ScoringJob } from '../scoring/scoring-job.js';
import { shardPath } from '../scoring/shards.js';
import type { WorkflowContext } from './context.js';
import { inputHead, namedColumns } from './input-columns.js';
import { openScoredModel } from './open-scored-model.js';
import type { OpenedRows } from './opened-rows.js';
import type { ScoreOptions } from './options.js';
import { ALL_COLUMNS } from './passed-columns.js';
import { openRowsToScore } from './rows-to-score.js';
import { checkScorePaths } from './score-paths.js';
import { columnsAside, formatChoice, passedFields, plannedPolicy, rankFields, scoreRequest } from './score-request.js';

/** A thread with a model of some hundred trees, and the chunks under way: measured, rounded up. */
const BYTES_A_THREAD = 80 * 2 ** 20;
/** The command itself, and the thread that plans and writes. */
const BYTES_AT_REST = 120 * 2 ** 20;

export interface PlannedScore {
  readonly plan: ScorePlan;
  readonly rows: OpenedRows;
  /** All that the threads need to know; loads the model. */
  readonly job: () => ScoringJob;
}

/** The plan alone; what was opened for it is closed. */
export async function planScore(options: ScoreOptions, context: WorkflowContext): Promise<ScorePlan> {
  const { plan, rows } = await openPlannedScore(options, context);
  await rows.source.close();
  return plan;
}

export async function openPlannedScore(options: ScoreOptions, context: WorkflowContext): Promise<PlannedScore> {
  const format = formatChoice(options);
  const model = await openScoredModel(options, context);
  const { identity, reader } = model;
  const request = await scoreRequest(options, model);
  const { shard } = options;
  const path = shard === undefined || options.output === '-' ? options.output : shardPath(options.output, shard);
  const beside = rejectsBeside(options.input, path);
  // Shards that go to stdout may lie in one folder, and must not take each other's rejects.
  const rejects = path === '-' && shard !== undefined ? shardPath(beside, shard) : beside;
  const head = await inputHead(options, reader.manifest.source);
  const named = namedColumns(options.columns, head);
  const aside = columnsAside(named, model, request);
  const columns = [...named, ...aside];
  const rows = await openRowsToScore(reader, { ...options, columns, rejectsPath: rejects }, context);
  checkScorePaths({ output: path, rejects, inputs: rows.csv?.map((input) => input.path) ?? [options.input] });
  const added = [...scoreFields(request), ...rankFields(format.rank ?? [])];
  // Of several inputs the file's name stands first, asked for or not.
  const behind = aside.filter((name) => name !== SOURCE_FILE || rows.passed[0] !== SOURCE_FILE);
  const values = numbersOf(rows);
  const written = writtenColumns(rows, named, behind);
  const fields = [...passedFields(written, reader.manifest.source, added, head, values), ...added];
  const plan: ScorePlan = {
    format: 1,
    model: identity,
    inputs: rows.inputs,
    output: {
      path,
      format: format.name,
      columns: fields.map(({ name }) => name),
      excel_safe: format.excelSafe === true,
      rejects,
    },
    ...(request.reasons === 0 ? {} : { explain: request.reasons }),
    ...(request.policy === undefined || options.action === undefined
      ? {}
      : { policy: plannedPolicy(options.action, request.policy) }),
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    threads: context.threads,
    memory: { peak: BYTES_AT_REST + context.threads * BYTES_A_THREAD + rows.memory },
    disk: rows.disk,
  };
  const { encoder } = reader.manifest;
  const job = () => ({
    runtime: model.runtime(),
    encoder,
    request,
    written: written.length,
    ...(values === undefined ? {} : { values }),
    format,
    passed: rows.passed,
    csv: rows.csv ?? [],
    fields,
  });
  return { plan, rows, job };
}

/** How all CSV inputs write numbers; undefined where they differ, or a database reads them. */
function numbersOf({ csv = [] }: OpenedRows): ResultField['values'] {
  const formats = csv.map(({ layout: { values } }) => ({ decimal: values.decimal, amounts: values.amounts }));
  const [first] = formats;
  return formats.every(({ decimal, amounts }) => decimal === first.decimal && amounts === first.amounts)
    ? first
    : undefined;
}

/** What is read for the policy or the reasons alone stands last, and is not written. */
function writtenColumns(
  { passed, csv }: OpenedRows,
  named: readonly string[],
  aside: readonly string[],
): readonly string[] {
  if (!named.includes(ALL_COLUMNS)) {
    const written = passed.length - aside.length;
    // Cells go by place: a column that stood elsewhere would get another's name.
    if (passed.slice(written).join('\n') !== aside.join('\n'))
      throw new TypeError(`columns read beside the others are not the last: ${passed.join(', ')}`);
    return passed.slice(0, written);
  }
  if (csv === undefined)
    throw usageError(
      'BAD_USAGE',
      '--columns all needs a file, unless stdin is a table as CSV: what a database reads has no header before.',
      'Give --input a file, or name the columns.',
    );
  // Of a piped table: all of its columns, those that are read beside them included.
  return passed;
}

/** Where rejects go: beside the output, or in the working directory when that is stdout, a device or a pipe. */
export function rejectsBeside(input: string, output: string): string {
  // Of out.csv and out.jsonl each has rejects of its own.
  if (!isStreamed(output)) return `${output.replace(/\.csv$/i, '')}.rejects.csv`;
  // A pattern's signs are no part of a name that a person can type.
  const name = basename(input)
    .replace(/(\.csv)?(\.gz)?$/i, '')
    .replace(/[*?[\]{}]+/g, '_');
  return `${input === '-' ? 'stdin' : name}.rejects.csv`;
}
