/** `ecomml evaluate`: options, the metrics as a table, and the gates' verdict. */
import { EcommlError } from '../../base/errors.js';
import type { EvaluateResult } from '../../workflows/evaluate.js';
import type { EvaluateOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { inputOptions } from '../input-options.js';
import { modelsTable } from '../models-page.js';
import { count, percent, seconds } from '../wording.js';

export const evaluate: Command<EvaluateOptions, EvaluateResult> = {
  options: (settings) => ({
    ...inputOptions('evaluate', settings),
    model: settings.model,
    target: settings.target,
    weightColumn: settings.weightColumn,
    gates: settings.gate,
  }),
  show: (result, page) => {
    const { rows, positives, ensemble, gates } = result;
    const { green, red } = page.style;
    const lines = [
      '',
      ...modelsTable(result.models, ensemble, ensemble.weights, page),
      '',
      `  ${count(rows.evaluated)} rows, ${count(positives.evaluated)} positive (${percent(ensemble.base_rate)}), ` +
        `judged in ${seconds(result.seconds.total)}`,
      ...(ensemble.undefined_because === undefined ? [] : [`  ${ensemble.undefined_because}`]),
      ...(gates.length === 0 ? [] : ['']),
      ...gates.map(({ met, text }) => `  ${met ? green('✓') : red('✗')} ${text}`),
      '',
      `  bundle  ${page.style.bold(result.bundle)}`,
    ];
    return `${lines.join('\n')}\n`;
  },
  verdict: ({ gates }) => {
    const missed = gates.filter(({ met }) => !met);
    if (missed.length === 0) return undefined;
    const sentence = missed.map(({ text }) => text).join('; ');
    const what = missed.length === 1 ? 'A gate was' : `${missed.length} of ${gates.length} gates were`;
    return new EcommlError('GATE_NOT_MET', `${what} not met: ${sentence}.`, { exitCode: 4 });
  },
};
