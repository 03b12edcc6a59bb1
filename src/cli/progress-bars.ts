/**
 * Progress on a terminal: a bar for every stage under way, the line of each stage that is over above them. Written on
 * stderr; the working thread is another one, so the bars move while it computes.
 */
import { MultiBar, type SingleBar } from 'cli-progress';
import { messageLine, type ProgressView, stageLine } from './progress-lines.js';
import type { Stream } from './terminal.js';
import { count, cut, seconds, wrap } from './wording.js';

const BAR_WIDTH = 24;

interface Stage {
  readonly bar: SingleBar;
  readonly began: number;
  readonly total: number | undefined;
  note: string;
}

export function progressBars(stream: Stream): ProgressView {
  const { style } = stream;
  const stages = new Map<string, Stage>();
  const bars = new MultiBar({
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    forceRedraw: true,
    fps: 8,
    format: (_options, { value, progress }, { stage, unit }: { stage: string; unit: string | undefined }) => {
      const { began, total, note } = stages.get(stage) ?? { began: performance.now(), total: undefined, note: '' };
      const time = seconds((performance.now() - began) / 1000);
      const done = Math.round(Math.min(1, Math.max(0, progress)) * BAR_WIDTH);
      const bar =
        total === undefined ? '' : `${style.cyan('━'.repeat(done))}${style.dim('━'.repeat(BAR_WIDTH - done))} `;
      const share = total === undefined ? '' : `${String(Math.floor(progress * 100)).padStart(3)}% `;
      const counts =
        value > 0 && unit !== undefined ? ` ${count(value)}${total ? `/${count(total)}` : ''} ${unit}` : '';
      const name = cut(stage, 22).padEnd(22);
      const used = 2 + 22 + 1 + (bar === '' ? 0 : BAR_WIDTH + 1) + share.length;
      const rest = cut(`${time}${counts}${note === '' ? '' : `  ${note}`}`, Math.max(8, stream.width - used - 1));
      return `  ${name} ${bar}${share}${style.dim(rest)}`;
    },
  });
  // While bars are drawn the terminal does not wrap: long lines are broken here.
  const log = (line: string) => {
    const lines = `${wrap(line.trimEnd(), stream.width - 1).join('\n  ')}\n`;
    if (!bars.isActive) {
      process.stderr.write(lines);
      return;
    }
    bars.log(lines);
    if (stages.size === 0) bars.update();
  };
  return {
    stop: () => {
      if (!bars.isActive) return;
      bars.update();
      bars.stop();
    },
    show: (event) => {
      if (event.type === 'message') {
        log(messageLine(event.level, event.text, style));
        return;
      }
      const stage = stages.get(event.stage);
      if (event.type === 'start') {
        if (stage !== undefined) bars.remove(stage.bar);
        const bar = bars.create(event.total ?? 1, 0, { stage: event.stage, unit: event.unit });
        stages.set(event.stage, { bar, began: stage?.began ?? performance.now(), total: event.total, note: '' });
      } else if (event.type === 'advance') {
        if (stage === undefined) return;
        stage.note = event.note ?? stage.note;
        stage.bar.update(stage.total === undefined ? 0 : Math.min(event.done, stage.total));
      } else {
        const took = stage === undefined ? 0 : performance.now() - stage.began;
        log(stageLine(event.stage, event.summary, took, style));
        if (stage !== undefined) bars.remove(stage.bar);
        stages.delete(event.stage);
      }
    },
  };
}
