/** `ecomml explain`: options, and each row's story in the terminal. */
import type { LimeExplanation, RowExplanation } from '../../explain/explanation-data.js';
import type { ExplainResult } from '../../workflows/explain.js';
import type { ExplainOptions } from '../../workflows/options.js';
import type { Command, Page } from '../command.js';
import { contributionBars, safeText } from '../contribution-bars.js';
import { inputReading } from '../input-options.js';
import { notes, sentence } from '../notes.js';
import { decimal, percent } from '../wording.js';

export const explain: Command<ExplainOptions, ExplainResult> = {
  options: (settings) => ({
    model: settings.model,
    ...(settings.input === undefined ? {} : { input: settings.input }),
    ...inputReading(settings),
    rows: settings.row,
    key: settings.key,
    shap: settings.shap,
    lime: settings.lime,
    ...(settings.html === undefined ? {} : { html: settings.html }),
  }),
  show: (result, page) => {
    const lines = result.rows.flatMap((row) => [...rowLines(row, result, page), '']);
    if (result.notes.length > 0) lines.push(...notes(result.notes.map(safeText), page), '');
    if (result.html !== undefined) lines.push(`  ${page.style.dim('page')}  ${page.style.bold(result.html)}`);
    return `\n${lines.join('\n').trimEnd()}\n`;
  },
};

function rowLines(row: RowExplanation, { members, method }: ExplainResult, page: Page): string[] {
  const { style } = page;
  const ids = Object.entries(row.ids).map(([name, value]) => `${name} ${value ?? 'missing'}`);
  const outcome = row.label === 1 ? ' (it was a positive)' : row.label === 0 ? ' (it was a negative)' : '';
  const votes = Object.entries(row.members).map(
    ([name, p]) => `${name} ${percent(p)} × ${decimal(members[name]?.weight, 2)}`,
  );
  const title = [style.bold(safeText(row.name)), ...ids.map((id) => style.dim(safeText(id)))].join('  ');
  const rest = row.rest.features;
  const contributions = row.contributions.map(({ feature, shown, points }): [string, number] => [
    `${feature} = ${shown}`,
    points,
  ]);
  if (rest > 0) contributions.push([`${rest} other feature${rest === 1 ? '' : 's'}`, row.rest.points]);
  return [
    ...sentence(title, page),
    ...sentence(
      `probability ${style.bold(percent(row.probability))}, confidence ${decimal(row.confidence, 2)}${outcome}`,
      page,
    ),
    ...sentence(style.dim(votes.join(', ')), page),
    '',
    ...sentence(style.dim(`points of probability, from ${percent(row.base)} (nothing known), ${method} SHAP`), page),
    ...bars(contributions, page),
    '',
    ...notes(row.reasons.map(safeText), page),
    ...(row.lime === null ? [] : ['', ...limeLines(row.lime, page)]),
    ...(row.warnings.length === 0
      ? []
      : [
          '',
          ...notes(
            row.warnings.map((text) => style.yellow(safeText(text))),
            page,
          ),
        ]),
  ];
}

function bars(values: readonly (readonly [string, number])[], page: Page): string[] {
  if (values.length === 0) return ['  nothing moves the answer from there'];
  const figures = pointFigures(values.map(([, value]) => value));
  return contributionBars(
    values.map(([text, value], i) => ({ text, figure: figures[i], value })),
    page,
  );
}

function limeLines(lime: LimeExplanation, page: Page): string[] {
  const { style } = page;
  const agreement = `R² ${decimal(lime.r_squared, 2)}, its line says ${percent(lime.local_probability)}; SHAP shares the direction of ${percent(lime.agreement.sign)} of its weight`;
  return [
    ...sentence(style.dim(`LIME: ${agreement}`), page),
    ...bars(
      lime.terms.map(({ condition, weight }): [string, number] => [condition, weight]),
      page,
    ),
    ...(lime.warning === null ? [] : notes([style.yellow(lime.warning)], page)),
  ];
}

/** Shares as points, all with the digits that the largest needs: "+12.3", or "+0.134" where nothing reaches a tenth. */
function pointFigures(shares: readonly number[]): string[] {
  const largest = Math.max(...shares.map((share) => Math.abs(share * 100)));
  const digits = largest >= 1 ? 1 : largest >= 0.1 ? 2 : 3;
  return shares.map((share) => `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(digits)}`);
}
