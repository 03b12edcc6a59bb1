/** A score plan in words, for --dry-run. */
import type { PlannedInput, ScorePlan } from '../scoring/score-plan.js';
import type { Page } from './command.js';
import { sentence } from './notes.js';
import { count, counted, wrap } from './wording.js';

export function planPage(plan: ScorePlan, page: Page): string {
  const { style } = page;
  const { model, inputs, output, shard } = plan;
  const label = (name: string) => style.dim(name.padEnd(8));
  const temporary = plan.disk.temporary > 0 ? `, and ${bytes(plan.disk.temporary)} for temporary files` : '';
  const disk = plan.disk.output === null ? 'not known' : `about ${bytes(plan.disk.output)} for the output`;
  const lines = [
    '',
    ...sentence(style.bold('This would be done; nothing was scored or written.'), page),
    '',
    `  ${label('model')} ${model.folder} (${model.members.join(', ') || 'a foreign ONNX model'}), run by ${model.runtime === 'onnx' ? 'onnxruntime' : 'WebAssembly kernels'}`,
    ...inputs.flatMap((input) => [
      `  ${label('input')} ${input.name}: ${bytes(input.bytes)}, ${input.format}, ${counted(input.columns.length, 'column')}, ${input.used.length} of them read`,
      `  ${label('chunks')} ${chunks(input)}`,
    ]),
    ...(shard === undefined ? [] : [`  ${label('shard')} ${shard.index} of ${shard.of}`]),
    `  ${label('output')} ${output.path === '-' ? 'stdout' : output.path}: ${output.format}${output.excel_safe ? ' without formulas' : ''}, ${counted(output.columns.length, 'column')}`,
    ...wrap(shownColumns(output.columns), page.width - 14).map((line) => `  ${label('')} ${line}`),
    ...(plan.explain === undefined ? [] : [`  ${label('explain')} ${counted(plan.explain, 'reason')} a row`]),
    ...(plan.policy === undefined
      ? []
      : [`  ${label('action')} by ${plan.policy.file}: ${plan.policy.actions.join(', ')}`]),
    `  ${label('rejects')} ${output.rejects}, when there are any`,
    `  ${label('threads')} ${plan.threads}`,
    `  ${label('memory')} about ${bytes(plan.memory.peak)} at most`,
    `  ${label('disk')} ${disk}${temporary}`,
  ];
  return `${lines.join('\n')}\n`;
}

const MOST_SHOWN = 24;

function shownColumns(names: readonly string[]): string {
  const more = names.length - MOST_SHOWN;
  return more > 0 ? `${names.slice(0, MOST_SHOWN).join(', ')} and ${more} more` : names.join(', ');
}

function chunks({ chunks }: PlannedInput): string {
  if (chunks.by === 'byte-ranges')
    return `${counted(chunks.count, 'range')} of ${bytes(chunks.size)}, read by the scoring threads`;
  if (chunks.by === 'stream') return `of ${bytes(chunks.size)}, cut by one reader`;
  if (chunks.by === 'rows') return `of ${count(chunks.size)} rows, ${counted(chunks.rows, 'row')} in all`;
  return `of ${count(chunks.size)} rows, users in ${counted(chunks.partitions, 'partition')}`;
}

function bytes(value: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let shown = value;
  for (; shown >= 1024 && unit < units.length - 1; unit++) shown /= 1024;
  return `${unit === 0 ? count(shown) : shown.toFixed(shown < 10 ? 1 : 0)} ${units[unit]}`;
}
