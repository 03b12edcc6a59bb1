/** `ecomml clean`: options, and the quality summary. */
import type { CleanResult } from '../../workflows/clean.js';
import type { CleanOptions } from '../../workflows/options.js';
import type { Command, Page } from '../command.js';
import { inputName, inputOptions } from '../input-options.js';
import { type TableColumn, textTable } from '../text-table.js';
import { count, cut, percent } from '../wording.js';

export const clean: Command<CleanOptions, CleanResult> = {
  options: (settings) => {
    const input = inputOptions('clean', settings);
    return {
      ...input,
      output: settings.output ?? `reports/clean/${inputName(input.input)}`,
      target: settings.target,
      ...(settings.purchases === undefined ? {} : { purchases: settings.purchases }),
      ...(settings.mended === undefined ? {} : { mended: settings.mended }),
      ...(settings.infer === undefined ? {} : { infer: settings.infer }),
    };
  },
  show: (result, page) => {
    const { dim, bold } = page.style;
    const { summary, outputs } = result;
    const counted = (title: string, rows: readonly (readonly [string, number])[]) =>
      rows.length === 0 ? [] : ['', dim(`  ${title}`), ...countedLines(rows, page)];
    const lines = [
      '',
      `  ${bold(`${count(result.rowsIn)} rows`)} = ${count(result.rowsKept)} kept + ${count(result.rowsRejected)} rejected + ` +
        `${count(result.duplicatesRemoved)} duplicates removed${result.rowsPassedOver > 0 ? ` + ${count(result.rowsPassedOver)} passed over` : ''}`,
      ...(summary.time === undefined ? [] : [`  ${summary.time.from} to ${summary.time.to}, UTC`]),
      ...counted(
        'rejected',
        summary.rejected.map(({ column, reason, rows }) => [column === '' ? reason : `${column}: ${reason}`, rows]),
      ),
      ...counted(
        'repaired',
        summary.repairs.map(({ rule, rows }) => [rule, rows]),
      ),
      ...counted(
        'kept as they are',
        summary.notices.map(({ rule, rows }) => [rule, rows]),
      ),
      ...counted(
        'events',
        (summary.eventTypes ?? []).map(({ type, rows }) => [type, rows]),
      ),
      ...expectationLines(result, page),
      '',
      ...columnTable(result, page),
      '',
      `  ${dim('clean rows')}  ${outputs.clean}`,
      `  ${dim('rejects')}     ${outputs.rejects}`,
      `  ${dim('quality')}     ${outputs.quality}`,
      ...(outputs.failures === undefined ? [] : [`  ${dim('failures')}    ${outputs.failures}`]),
      ...(outputs.schema === undefined ? [] : [`  ${dim('schema')}      ${outputs.schema}`]),
    ];
    return `${lines.join('\n')}\n`;
  },
};

function countedLines(rows: readonly (readonly [string, number])[], page: Page): string[] {
  const columns: TableColumn[] = [{ title: '', align: 'right' }, { title: '' }];
  return textTable(
    columns,
    rows.map(([what, number]) => [count(number), what]),
    page.width,
  );
}

/** How the rows met the schema, and which rules they did not. */
function expectationLines({ summary }: CleanResult, page: Page): string[] {
  const { expectations } = summary;
  if (expectations === undefined) return [];
  const failed = expectations.filter(({ met }) => !met);
  const title = `  ${count(expectations.length - failed.length)} of ${count(expectations.length)} expectations met`;
  const columns: TableColumn[] = [
    { title: 'column' },
    { title: 'rule' },
    { title: 'severity' },
    { title: 'expected' },
    { title: 'found' },
  ];
  const rows = failed.map(({ column, rule, severity, expected, found }) => [
    column || 'the input',
    rule,
    severity,
    expected,
    found,
  ]);
  return ['', title, ...(rows.length === 0 ? [] : textTable(columns, rows, page.width, page.style.dim))];
}

const RANGE_WIDTH = 20;

function columnTable({ summary }: CleanResult, { width, style }: Page): string[] {
  const columns: TableColumn[] = [
    { title: 'column' },
    { title: 'type' },
    { title: 'missing', align: 'right' },
    { title: 'distinct', align: 'right' },
    { title: 'least' },
    { title: 'greatest' },
  ];
  const rows = summary.columns.map(({ name, type, missing, missingShare, distinct, min, max }) => [
    name,
    type,
    missing === 0 ? '' : percent(missingShare),
    count(distinct),
    cut(String(min ?? '–'), RANGE_WIDTH),
    cut(String(max ?? '–'), RANGE_WIDTH),
  ]);
  return textTable(columns, rows, width, style.dim);
}
