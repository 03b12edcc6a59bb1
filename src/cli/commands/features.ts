/** `ecomml features`: options, and what was made. */
import type { FeaturesResult } from '../../workflows/features.js';
import type { FeaturesOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { inputName, inputOptions } from '../input-options.js';
import { count, percent, seconds } from '../wording.js';

export const features: Command<FeaturesOptions, FeaturesResult> = {
  options: (settings) => {
    const input = inputOptions('features', settings);
    return {
      ...input,
      output: settings.output ?? `reports/features/${inputName(input.input)}`,
      moments: settings.moments,
      horizon: settings.horizon,
      idFeatures: settings.idFeatures,
      featureFamilies: settings.featureFamilies,
    };
  },
  show: (result, { style }) => {
    const { moments, positives, outputs } = result;
    const share = moments === 0 ? '' : ` (${percent(positives / moments)})`;
    const lines = [
      '',
      `  ${style.bold(`${count(moments)} decision moments`)} × ${count(result.features)} features, ` +
        `${count(positives)} followed by a purchase${share}`,
      `  ${count(result.rowsIn)} rows = ${count(result.rowsKept)} kept + ${count(result.rowsRejected)} rejected + ` +
        `${count(result.duplicatesRemoved)} duplicates removed`,
      `  time: clean ${seconds(result.seconds.clean)}, features ${seconds(result.seconds.features)}`,
      '',
      `  ${style.dim('features')}   ${outputs.features}`,
      `  ${style.dim('catalogue')}  ${outputs.catalogue}`,
      `  ${style.dim('rejects')}    ${outputs.rejects}`,
      `  ${style.dim('quality')}    ${outputs.quality}`,
    ];
    return `${lines.join('\n')}\n`;
  },
};
