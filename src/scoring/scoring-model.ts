/**
 * What scoring needs of a bundle, and the scores of rows in memory: encode, score each member, blend. Training,
 * evaluation and batch scoring all go through here, so the same row gets the same bits everywhere.
 */
import { applyBlend, type Blend, blendConfidence } from '../ensemble/blend.js';
import type { MemberProbabilities } from '../ensemble/members.js';
import { type Encoder, encodeFrame } from '../features/encoder.js';
import type { Family, Forest } from '../forest/forest.js';
import { ForestScorer, throughLink } from '../forest/forest-scorer.js';
import { walkRaw } from '../forest/walk.js';
import { loadKernels } from '../kernels/loader.js';
import { KernelMemory } from '../kernels/memory.js';
import type { Frame } from '../table/frame.js';
import { type Matrix, stretchOfRows } from '../table/matrix.js';

export interface ScoringMember {
  readonly family: Family;
  readonly forest: Forest;
}

/** Plain data: it crosses to worker threads as it is. */
export interface ScoringModel {
  readonly encoder: Encoder;
  readonly members: readonly ScoringMember[];
  readonly blend: Blend;
}

export interface Scores {
  readonly members: MemberProbabilities;
  /** Blended and calibrated, in [0, 1]. */
  readonly probability: Float64Array;
  /** In [0, 1]; see CONFIDENCE_DEFINITION. */
  readonly confidence: Float64Array;
}

/** Some megabytes of cells in tables of a hundred columns. */
const BLOCK_ROWS = 4096;

/** So many rows in all are walked before scorers are made, which takes as long as walking some thousand rows does. */
const WALKED_ROWS = 512;

/** The members' scorers over one kernel memory: make one a thread. */
export class MemberScorers {
  readonly #members: readonly ScoringMember[];
  #walked = 0;
  #scorers: readonly ForestScorer[] | undefined;

  constructor(members: readonly ScoringMember[]) {
    this.#members = members;
  }

  probabilities(matrix: Matrix): MemberProbabilities {
    this.#walked += matrix.rows;
    if (this.#scorers === undefined && this.#walked > WALKED_ROWS) this.#scorers = this.#made();
    return Object.fromEntries(
      this.#members.map(({ family, forest }, m) => [
        family,
        this.#scorers?.[m].probabilities(matrix) ?? throughLink(forest, walkRaw(forest, matrix)),
      ]),
    );
  }

  #made(): ForestScorer[] {
    const memory = new KernelMemory();
    const kernels = loadKernels(memory.memory);
    return this.#members.map(({ forest }) => new ForestScorer(forest, memory, kernels));
  }
}

export class ModelScorer {
  readonly #model: ScoringModel;
  readonly #members: MemberScorers;
  readonly #categorical: ReadonlySet<string>;

  constructor(model: ScoringModel) {
    this.#model = model;
    this.#members = new MemberScorers(model.members);
    const categorical = model.encoder.columns.filter(({ kind }) => kind === 'categorical');
    this.#categorical = new Set(categorical.map(({ name }) => name));
  }

  /** Whether the model takes the column's cells as categories. */
  isCategorical(column: string): boolean {
    return this.#categorical.has(column);
  }

  scoreFrame(frame: Frame): Scores {
    return this.scoreMatrix(encodeFrame(frame, this.#model.encoder));
  }

  /** Longer tables go through in blocks: what the kernels read would else lie beside them once more. */
  scoreMatrix(matrix: Matrix): Scores {
    if (matrix.rows > BLOCK_ROWS) return this.#inBlocks(matrix);
    const members = this.#members.probabilities(matrix);
    const probability = applyBlend(this.#model.blend, members);
    return { members, probability, confidence: blendConfidence(this.#model.blend, members, probability) };
  }

  #inBlocks(matrix: Matrix): Scores {
    const { rows } = matrix;
    const families = this.#model.members.map(({ family }) => family);
    const members = Object.fromEntries(families.map((family) => [family, new Float64Array(rows)]));
    const [probability, confidence] = [new Float64Array(rows), new Float64Array(rows)];
    for (let from = 0; from < rows; from += BLOCK_ROWS) {
      const block = stretchOfRows(matrix, from, Math.min(rows, from + BLOCK_ROWS));
      const scores = this.scoreMatrix(block);
      for (const family of families) members[family].set(scores.members[family], from);
      probability.set(scores.probability, from);
      confidence.set(scores.confidence, from);
    }
    return { members, probability, confidence };
  }
}
