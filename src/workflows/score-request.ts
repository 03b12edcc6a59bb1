/** What a run of score adds to each row and how it is written, from the options: checked before a row is read. */
import { usageError } from '../base/errors.js';
import type { EventsSource, TableSource } from '../bundle/manifest.js';
import { type ActionPolicy, policyColumns } from '../scoring/action-policy.js';
import { parquetField } from '../scoring/field-cells.js';
import { DEFAULT_SCORES, RANK_COLUMNS, type RankColumn } from '../scoring/output-names.js';
import type { ResultField } from '../scoring/results.js';
import type { FormatChoice } from '../scoring/row-format.js';
import type { ScoreRequest } from '../scoring/score-columns.js';
import { isStreamed } from '../scoring/score-output.js';
import type { ScorePlan } from '../scoring/score-plan.js';
import type { InputHead } from './input-columns.js';
import type { ScoreOptions } from './options.js';
import type { ScoredModel } from './scored-model.js';

export function formatChoice(options: ScoreOptions): FormatChoice {
  const { format: name = 'csv', excelSafe = false, output, shard, scores = DEFAULT_SCORES } = options;
  const rank = RANK_COLUMNS.filter((column) => scores.includes(column));
  if (excelSafe && name !== 'csv')
    throw usageError(
      'BAD_USAGE',
      `--excel-safe is for CSV: a ${name} file has types, and no spreadsheet runs its texts.`,
    );
  if (/\.(gz|zst)$/i.test(output))
    throw usageError(
      'BAD_USAGE',
      `--output ${output} has the ending of a compressed file, and scores are not compressed.`,
      'Leave the ending out, or pipe them: --output - | gzip > FILE.',
    );
  if (name === 'parquet' && isStreamed(output))
    throw usageError(
      'BAD_USAGE',
      'Parquet cannot go to stdout, a device or a pipe: its footer is written last.',
      'Give --output a file.',
    );
  if (rank.length > 0 && shard !== undefined)
    throw usageError(
      'BAD_USAGE',
      `--scores ${rank.join(',')} is over all rows, and a shard has only some.`,
      'Score without --shard, or rank what the shards were merged to.',
    );
  return { name, excelSafe, rank };
}

export function rankFields(rank: readonly RankColumn[]): ResultField[] {
  return rank.map((name) => ({ name, type: 'integer' }));
}

export async function scoreRequest(options: ScoreOptions, { identity, reader }: ScoredModel): Promise<ScoreRequest> {
  const { scores = DEFAULT_SCORES, explain = 0, action } = options;
  const inputs = reader.manifest.encoder.columns.length;
  if (explain > inputs)
    throw usageError(
      'BAD_OPTION',
      `--explain ${explain} asks for more reasons than ${identity.name} has inputs: ${inputs}.`,
      `At most --explain ${inputs}.`,
    );
  const policy = action === undefined ? undefined : (await import('../scoring/read-policy.js')).readPolicy(action);
  const own = identity.members.length > 0;
  if (!own && policy?.actions.some(({ when }) => when.some(({ column }) => column === 'confidence')))
    throw usageError(
      'BAD_POLICY',
      `${action} has a condition on the confidence, which ${identity.name} does not have.`,
      'A foreign ONNX model gives a probability alone.',
    );
  return {
    confidence: own && scores.includes('confidence'),
    members: own && scores.includes('members') ? identity.members : [],
    reasons: explain,
    ...(policy === undefined ? {} : { policy }),
  };
}

export function plannedPolicy(file: string, policy: ActionPolicy): NonNullable<ScorePlan['policy']> {
  const actions = [policy.default, ...policy.actions.map(({ name }) => name)];
  return { file, actions, reads: policyColumns(policy) };
}

/** What stands before all other columns, asked for or not. */
function idColumns(source: TableSource | EventsSource): readonly string[] {
  if (source.kind === 'table') return ['source_row', ...source.id];
  return ['source_row', 'event_time', 'event_type', 'product_id', 'user_id', 'user_session'];
}

/** Input columns that are read beside those that pass through, and not written. */
export function columnsAside(
  named: readonly string[],
  { reader, texts }: ScoredModel,
  { policy, reasons }: ScoreRequest,
): string[] {
  const { source, encoder } = reader.manifest;
  // A category that training did not see is named by the cell, which the encoded row does not hold.
  const categories =
    source.kind === 'table' && reasons > 0 ? encoder.columns.filter(({ kind }) => kind === 'categorical') : [];
  const wanted = [
    ...texts,
    ...categories.map(({ name }) => name),
    ...(policy === undefined ? [] : policyColumns(policy)),
  ];
  const written = [...named, ...idColumns(source)];
  return [...new Set(wanted)].filter((name) => !written.includes(name));
}

/**
 * The fields of what passes through. A name that scoring itself adds is the file's with " (file)" behind it, as often as
 * it takes to be alone. Columns of
 * Parquet have their own type. Of CSV, numbers and truth values that the model reads as such have theirs; ids, and what
 * the model does not read, are texts.
 */
export function passedFields(
  names: readonly string[],
  source: TableSource | EventsSource,
  added: readonly ResultField[],
  head: InputHead | undefined,
  values: ResultField['values'],
): ResultField[] {
  const taken = new Set(added.map(({ name }) => name));
  const typeOf = new Map<string, ResultField['type']>([['source_row', 'integer']]);
  if (source.kind === 'events') typeOf.set('event_time', 'timestamp');
  // Where it is not known how numbers are written, they stay texts.
  else if (values !== undefined)
    for (const { name, type } of source.schema)
      if (!source.id.includes(name) && (type === 'numeric' || type === 'boolean'))
        typeOf.set(name, type === 'numeric' ? 'number' : type);
  const declared = new Map(head?.typed === true ? head.columns.map((column) => [column.name, column.type]) : []);
  return names.map((column): ResultField => {
    let name = column;
    while (taken.has(name) || (name !== column && names.includes(name))) name += ' (file)';
    const own = source.kind === 'table' ? declared.get(column) : undefined;
    if (own !== undefined) return parquetField(name, own);
    const type = typeOf.get(column) ?? 'text';
    return type === 'number' && values !== undefined ? { name, type, values } : { name, type };
  });
}
