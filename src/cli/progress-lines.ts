/** Progress where no terminal reads: one line a stage, when it is over, and the messages between. */
import type { ProgressEvent } from '../base/progress.js';
import type { Stream } from './terminal.js';
import { seconds } from './wording.js';

/** What shows progress. `stop` leaves the terminal as it was. */
export interface ProgressView {
  readonly show: (event: ProgressEvent) => void;
  readonly stop: () => void;
}

/** The line that stays when a stage is over; its time has no spaces, so that it is not broken. */
export function stageLine(stage: string, summary: string | undefined, took: number, style: Stream['style']): string {
  const time = style.dim(`(${seconds(took / 1000).replaceAll(' ', '')})`);
  return `${style.green('✓')} ${stage}${summary === undefined ? '' : `: ${summary}`} ${time}\n`;
}

export function messageLine(level: 'info' | 'warning', text: string, style: Stream['style']): string {
  return level === 'warning' ? `${style.yellow('warning:')} ${text}\n` : `${text}\n`;
}

export function progressLines(stream: Stream): ProgressView {
  const started = new Map<string, number>();
  const write = (text: string) => void stream.write(text);
  return {
    stop: () => {},
    show: (event) => {
      if (event.type === 'start' && !started.has(event.stage)) started.set(event.stage, performance.now());
      if (event.type === 'message') write(messageLine(event.level, event.text, stream.style));
      if (event.type !== 'end') return;
      const took = performance.now() - (started.get(event.stage) ?? performance.now());
      started.delete(event.stage);
      write(stageLine(event.stage, event.summary, took, stream.style));
    },
  };
}
