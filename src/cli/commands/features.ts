/** `ecomml features`: options, and what was made. */
import type { FeaturesResult } from '../../workflows/features.js';
import type { FeaturesOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { inputName, inputOptions } from '../input-options.js';
import { count, percent } from '../wording.js';

export const features: Command<FeaturesOptions, FeaturesResult> = {
  options: (settings) => {
    const input = inputOptions('features', settings);
    return {
      ...input,
      output: settings.output ?? `features/${inputName(input.input)}`,
      moments: settings.moments,
      horizon: settings.horizon,
      idFeatures: settings.idFeatures,
    };
  },
  show: (result, page) => {
    const { dim, bold } = page.style;
    const { outputs, moments, positives } = result;
    const share = moments === 0 ? '' : ` (${percent(positives / moments)})`;
    const lines = [
      '',
      `  ${bold(`${count(moments)} decision moments`)}, ${count(positives)}${share} bought afterwards, of ${count(result.rowsKept)} clean events`,
      `  ${count(result.features)} features`,
      '',
      `  ${dim('features')}   ${outputs.features}`,
      `  ${dim('catalogue')}  ${outputs.catalogue}`,
      `  ${dim('rejects')}    ${outputs.rejects}`,
      `  ${dim('quality')}    ${outputs.quality}`,
    ];
    return `${lines.join('\n')}\n`;
  },
};
