/**
 * Where scored chunks go, in order: the output, and the rejects beside it. Both get their names only when all is there.
 * Files of formats that are finished bytes keep a journal on the way, so that a run that was killed can be resumed.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fsyncPath, pathAside } from '../base/atomic-file.js';
import { REJECTS_HEADER } from '../table/reject-line.js';
import type { ActionCounts } from './action-counts.js';
import type { SourcePosition } from './chunk-source.js';
import { PartFile } from './part-file.js';
import type { RejectedFault } from './rejected-rows.js';
import type { ResultField } from './results.js';
import type { RowFormat } from './row-format.js';
import { addActions } from './score-columns.js';
import {
  checkSameRun,
  claimJournal,
  isBusy,
  type JournalEntry,
  outputBusy,
  type RunIdentity,
  readJournal,
  removeUnfinished,
  saveJournal,
  thisProcess,
  unfinishedPaths,
} from './score-journal.js';
import { isStreamed, openScoreOutput, type ScoreOutput } from './score-output.js';
import type { ScoredChunk } from './scoring-job.js';

export interface ScoreWriterOptions {
  /** "-" is stdout. */
  readonly output: string;
  readonly rejects: string;
  readonly format: RowFormat;
  readonly fields: readonly ResultField[];
  /** False: what comes before the first row is left out (of a shard that is not the first). */
  readonly head: boolean;
  /** A column "file" stands before the others in the rejects. */
  readonly rejectsByFile: boolean;
  readonly identity: RunIdentity;
  readonly resume: boolean;
  /** False: the source cannot be read again, so no journal is kept. */
  readonly resumable: boolean;
}

/** The journal is brought up to date so often, and takes at most so small a share of the time. */
const JOURNAL_MILLISECONDS = 250;
const JOURNAL_SHARE = 0.05;

export class ScoreWriter {
  readonly #options: ScoreWriterOptions;
  readonly #paths: ReturnType<typeof unfinishedPaths>;
  /** Either an output that comes whole by itself, or a part file with a journal. */
  readonly #output: ScoreOutput | undefined;
  readonly #part: PartFile | undefined;
  #rejects: PartFile | undefined;
  #scored = 0;
  #rejected = 0;
  readonly #faults = new Map<string, RejectedFault>();
  #actions: ActionCounts | undefined;
  #position: SourcePosition | undefined;
  #nextSave = performance.now() + JOURNAL_MILLISECONDS;
  #whole = false;

  private constructor(options: ScoreWriterOptions, output: ScoreOutput | PartFile, entry: JournalEntry | undefined) {
    this.#options = options;
    this.#paths = unfinishedPaths(options.output, options.rejects);
    if (output instanceof PartFile) this.#part = output;
    else this.#output = output;
    if (entry === undefined) return;
    this.#scored = entry.scored;
    this.#rejected = entry.rejected;
    this.#actions = entry.actions;
    this.#position = entry.position;
    this.#count(entry.faults);
    if (entry.rejectsBytes === 0) return;
    takeBack(entry, entry.rejectsBytes, this.#paths.rejects, options.rejects);
    this.#rejects = new PartFile(this.#paths.rejects, options.rejects, entry.rejectsBytes);
  }

  static async open(options: ScoreWriterOptions): Promise<ScoreWriter> {
    const { output, format, fields, head, identity } = options;
    const streamed = isStreamed(output);
    const journaled = !streamed && options.resumable && format.sink === undefined;
    const paths = unfinishedPaths(output, options.rejects);
    const left = streamed ? undefined : readJournal(paths.journal);
    const busy = left !== undefined && (await isBusy(left, paths.journal));
    if (busy && options.resume) throw outputBusy(left, output, paths.journal);
    if (journaled && options.resume && left?.position !== undefined) {
      checkSameRun(left, identity, output);
      takeBack(left, left.outputBytes, paths.output, output);
      const writer = new ScoreWriter(options, new PartFile(paths.output, output, left.outputBytes), left);
      writer.#save();
      return writer;
    }
    if (left !== undefined && !busy) removeUnfinished(paths);
    if (journaled) mkdirSync(dirname(output), { recursive: true });
    // Of two runs into one output the second keeps no journal, and its rows aside under a name of its own.
    if (!journaled || busy || !claimJournal(paths.journal, firstEntry(identity)))
      return new ScoreWriter(options, await openScoreOutput(output, format, fields, head), undefined);
    try {
      const part = new PartFile(paths.output, output);
      if (head) part.append(format.head(fields));
      return new ScoreWriter(options, part, undefined);
    } catch (error) {
      removeUnfinished(paths);
      throw error;
    }
  }

  /** Where the source goes on; undefined: at its beginning. */
  get position(): SourcePosition | undefined {
    return this.#position;
  }

  get scored(): number {
    return this.#scored;
  }

  /** By the threads; with what was wrong, the most frequent first. */
  get rejected(): { readonly rows: number; readonly faults: readonly RejectedFault[] } {
    const faults = [...this.#faults.values()];
    return { rows: this.#rejected, faults: faults.sort((a, b) => b.rows - a.rows || (key(a) < key(b) ? -1 : 1)) };
  }

  /** Rows by recommended action; undefined without a policy. */
  get actions(): ActionCounts | undefined {
    return this.#actions;
  }

  async write(
    { rows, bytes, rejected, rejects, faults, actions }: ScoredChunk,
    position: SourcePosition,
  ): Promise<void> {
    if (this.#part === undefined) await this.#output?.write(bytes);
    else this.#part.append(bytes);
    if (rejects !== undefined) this.#openRejects().append(rejects);
    this.#scored += rows;
    this.#rejected += rejected;
    this.#count(faults ?? []);
    this.#actions = addActions(this.#actions, actions);
    this.#position = position;
    if (this.#part === undefined) return;
    if (performance.now() >= this.#nextSave) this.#save();
  }

  /** Gives the rejects their name, or removes older ones when there are none. */
  publishRejects(anyOfSource: boolean): void {
    const { rejects } = this.#options;
    if (this.#rejects === undefined) {
      if (!anyOfSource) rmSync(rejects, { force: true });
      return;
    }
    this.#rejects.sync();
    this.#rejects.close();
    renameSync(this.#rejects.path, rejects);
    fsyncPath(dirname(rejects));
    this.#rejects = undefined;
  }

  async publish(anyOfSource: boolean): Promise<void> {
    const part = this.#part;
    if (part === undefined) {
      this.publishRejects(anyOfSource);
      await this.#output?.finish();
      return;
    }
    this.#whole = true;
    this.#save();
    this.publishRejects(anyOfSource);
    part.close();
    renameSync(part.path, this.#options.output);
    fsyncPath(dirname(this.#options.output));
    removeUnfinished(this.#paths);
  }

  /** Frees everything; `keep` leaves what a later --resume needs. Safe after `publish`. */
  async discard(keep: boolean): Promise<void> {
    await this.#output?.discard();
    if (keep && this.#part !== undefined && !this.#whole && this.#position !== undefined) {
      // On a full disk the journal stays as it is: what it says still holds.
      try {
        this.#save();
      } catch {}
    }
    this.#part?.close();
    this.#rejects?.close();
    if (!keep) {
      if (this.#part !== undefined) removeUnfinished(this.#paths);
      if (this.#rejects !== undefined) rmSync(this.#rejects.path, { force: true });
    }
  }

  /** Whether a later run could go on from here. */
  get canResume(): boolean {
    return this.#part !== undefined && this.#position !== undefined;
  }

  #openRejects(): PartFile {
    if (this.#rejects === undefined) {
      const { rejects } = this.#options;
      this.#rejects = new PartFile(this.#part === undefined ? pathAside(rejects) : this.#paths.rejects, rejects);
      this.#rejects.append(Buffer.from(`${this.#options.rejectsByFile ? 'file,' : ''}${REJECTS_HEADER}`));
    }
    return this.#rejects;
  }

  #save(): void {
    const part = this.#part as PartFile;
    const begun = performance.now();
    part.sync();
    this.#rejects?.sync();
    saveJournal(this.#paths.journal, {
      format: 1,
      process: thisProcess(),
      identity: this.#options.identity,
      ...(this.#position === undefined ? {} : { position: this.#position }),
      outputBytes: part.length,
      rejectsBytes: this.#rejects?.length ?? 0,
      scored: this.#scored,
      rejected: this.#rejected,
      faults: [...this.#faults.values()],
      ...(this.#actions === undefined ? {} : { actions: this.#actions }),
      whole: this.#whole,
    });
    const now = performance.now();
    this.#nextSave = now + Math.max(JOURNAL_MILLISECONDS, (now - begun) / JOURNAL_SHARE);
  }

  #count(faults: readonly RejectedFault[]): void {
    for (const fault of faults) {
      const known = this.#faults.get(key(fault));
      this.#faults.set(key(fault), { ...fault, rows: fault.rows + (known?.rows ?? 0) });
    }
  }
}

function firstEntry(identity: RunIdentity): JournalEntry {
  const nothing = { outputBytes: 0, rejectsBytes: 0, scored: 0, rejected: 0, faults: [], whole: false };
  return { format: 1, process: thisProcess(), identity, ...nothing };
}

/** A run that was killed while it gave the names left a file under its own, whole: it is unfinished once more. */
function takeBack({ whole }: JournalEntry, bytes: number, part: string, path: string): void {
  if (whole && !existsSync(part) && existsSync(path) && statSync(path).size === bytes) renameSync(path, part);
}

function key({ column, reason }: Pick<RejectedFault, 'column' | 'reason'>): string {
  return JSON.stringify([column, reason]);
}
