/** `ecomml score`: options, and the counts of rows. */

import type { ScorePlan } from '../../scoring/score-plan.js';
import type { ScoreOptions } from '../../workflows/options.js';
import type { ScoreResult } from '../../workflows/score.js';
import type { Command } from '../command.js';
import { formatOf, inputOptions, scoredName, streamOutput } from '../input-options.js';
import { sentence } from '../notes.js';
import { OPTIONS } from '../options.js';
import { planPage } from '../score-plan-page.js';
import { mergeOptions, shardOf } from '../shard-options.js';
import { count, seconds } from '../wording.js';

export const score: Command<ScoreOptions, ScoreResult | ScorePlan> = {
  options: (settings) => {
    if (settings.merge) return mergeOptions(settings);
    const input = inputOptions('score', settings);
    const shard = shardOf(settings, process.env['JOB_COMPLETION_INDEX']);
    const given = streamOutput(settings.output);
    const format = settings.scoreFormat ?? formatOf(given);
    return {
      ...input,
      model: settings.model,
      output: given ?? scoredName(input.input, format),
      moments: settings.scoreMoments,
      columns: settings.columns,
      format,
      excelSafe: settings.excelSafe,
      // Nothing said is told apart from the default: a foreign model has no confidence to leave out.
      ...(settings.scores === OPTIONS.scores.default ? {} : { scores: settings.scores }),
      ...(settings.explain === undefined ? {} : { explain: settings.explain }),
      ...(settings.chunkBytes === undefined ? {} : { chunkBytes: settings.chunkBytes }),
      ...(settings.action === undefined ? {} : { action: settings.action }),
      ...(settings.runtime === undefined ? {} : { runtime: settings.runtime }),
      ...(settings.onnxFeatures === undefined ? {} : { features: settings.onnxFeatures }),
      ...(settings.onnxOutput === undefined ? {} : { onnxOutput: settings.onnxOutput }),
      ...(shard === undefined ? {} : { shard }),
      resume: settings.resume,
      dryRun: settings.dryRun,
    };
  },
  show: (result, page) => {
    if ('inputs' in result) return planPage(result, page);
    const { style } = page;
    const reasons = Object.entries(result.passed_over).map(([reason, rows]) => `${reason} ${count(rows)}`);
    const lines = [
      '',
      ...sentence(
        `${style.bold(`${count(result.rows_in)} rows`)} = ${count(result.rows_scored)} scored + ` +
          `${count(result.rows_rejected)} rejected + ${count(result.rows_passed_over)} passed over` +
          `${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`,
        page,
      ),
      `  ${seconds(result.seconds)}, ${result.shards === undefined ? `${count(result.rows_per_second)} rows a second` : `${result.shards} shards merged`}`,
      ...(result.rows_per_action === undefined
        ? []
        : sentence(
            `recommended: ${Object.entries(result.rows_per_action)
              .map(([action, rows]) => `${action} ${count(rows)}`)
              .join(', ')}`,
            page,
          )),
      ...(result.rows_resumed === undefined
        ? []
        : [`  ${count(result.rows_resumed)} of them scored by an earlier run`]),
      '',
      `  ${style.dim('scores')}   ${result.output === '-' ? 'stdout' : style.bold(result.output)}`,
      ...(result.rejects === undefined ? [] : [`  ${style.dim('rejects')}  ${result.rejects}`]),
    ];
    return `${lines.join('\n')}\n`;
  },
};
