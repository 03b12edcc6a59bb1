/** Which part of the input score is asked for: --shard, or --shards with the index that Kubernetes gives a pod. */
import { usageError } from '../base/errors.js';
import type { Shard } from '../scoring/score-plan.js';
import type { ScoreOptions } from '../workflows/options.js';
import type { Settings } from './options.js';

/** `index`: JOB_COMPLETION_INDEX, from 0. */
export function shardOf(
  { shard, shards }: Pick<Settings, 'shard' | 'shards'>,
  index: string | undefined,
): Shard | undefined {
  if (shard !== undefined) {
    if (shards === undefined || shards === shard.of) return shard;
    throw usageError('BAD_USAGE', `--shard ${shard.index}/${shard.of} and --shards ${shards} contradict each other.`);
  }
  if (shards === undefined) {
    if (index === undefined || index === '') return undefined;
    throw usageError(
      'BAD_USAGE',
      `JOB_COMPLETION_INDEX is ${index}, but nothing says of how many: every pod would score everything.`,
      "Give --shards (or ECOMML_SHARDS) the Job's completions, or --shard 1/1 to score everything.",
    );
  }
  if (index === undefined || index === '')
    throw usageError(
      'BAD_USAGE',
      `--shards ${shards} says how many, and JOB_COMPLETION_INDEX, which says which, is not set.`,
      `Say which: --shard 1/${shards}.`,
    );
  if (!/^\d+$/.test(index) || Number(index) >= shards)
    throw usageError(
      'BAD_USAGE',
      `JOB_COMPLETION_INDEX is "${index}", but must be from 0 to ${shards - 1} (--shards ${shards}).`,
      "Give --shards the Job's completions.",
    );
  return { index: Number(index) + 1, of: shards };
}

export function mergeOptions({ output, model, map, maxBadRows, scoreMoments, columns }: Settings): ScoreOptions {
  if (output === undefined || output === '-')
    throw usageError('MISSING_OPTION', '--merge needs the --output that the shards were scored with.');
  return { input: '', map, maxBadRows, model, output, moments: scoreMoments, columns, merge: true };
}
