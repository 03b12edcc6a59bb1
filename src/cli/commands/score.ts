/** `ecomml score`: options, and the counts of rows. */

import type { ScorePlan } from '../../scoring/score-plan.js';
import type { ScoreOptions } from '../../workflows/options.js';
import type { ScoreResult } from '../../workflows/score.js';
import type { Command } from '../command.js';
import { inputOptions, scoredName } from '../input-options.js';
import { sentence } from '../notes.js';
import { planPage } from '../score-plan-page.js';
import { count, seconds } from '../wording.js';

export const score: Command<ScoreOptions, ScoreResult | ScorePlan> = {
  options: (settings) => {
    const input = inputOptions('score', settings);
    return {
      ...input,
      model: settings.model,
      output: settings.output ?? scoredName(input.input),
      moments: settings.scoreMoments,
      columns: settings.columns,
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
      `  ${seconds(result.seconds)}, ${count(result.rows_per_second)} rows a second`,
      '',
      `  ${style.dim('scores')}   ${result.output === '-' ? 'stdout' : style.bold(result.output)}`,
      ...(result.rejects === undefined ? [] : [`  ${style.dim('rejects')}  ${result.rejects}`]),
    ];
    return `${lines.join('\n')}\n`;
  },
};
