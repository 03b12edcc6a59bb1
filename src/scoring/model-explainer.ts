/**
 * A scoring model's answers taken apart by exact SHAP: each member in its raw score, the blend in points of probability
 * (how: explain/ensemble-shap.ts). One value an input of the model, so a category and the target statistics and
 * combinations made of it are credited to the column that the user knows. It chooses no rows and writes no words.
 */
import { calibrate } from '../ensemble/calibration.js';
import { type EnsembleShap, ensembleShap } from '../explain/ensemble-shap.js';
import { ForestShap, type ShapOptions, type ShapValues } from '../explain/tree-shap.js';
import { encodeFrame } from '../features/encoder.js';
import type { Family } from '../forest/forest.js';
import type { Frame } from '../table/frame.js';
import type { Matrix } from '../table/matrix.js';
import type { ScoringModel } from './scoring-model.js';

export interface ExplainedRows extends EnsembleShap {
  /** The inputs, in the order of a row's values. */
  readonly inputs: readonly string[];
  /** In the members' order. `unit` of `shap`: log odds, or points where the raw score is a probability. */
  readonly members: readonly ExplainedMemberRows[];
}

export interface ExplainedMemberRows {
  readonly family: Family;
  readonly weight: number;
  readonly unit: 'log odds' | 'points';
  readonly shap: ShapValues;
}

/** Prepared once, used for many chunks of rows; make one a thread. A member of weight 0 is explained but adds nothing. */
export class ModelExplainer {
  readonly #model: ScoringModel;
  readonly #members: readonly { readonly family: Family; readonly weight: number; readonly shap: ForestShap }[];

  /** Path-dependent values, or interventional ones with `background` (rows of the same columns). */
  constructor(model: ScoringModel, options: ShapOptions = {}) {
    this.#model = model;
    this.#members = model.members.map(({ family, forest }) => ({
      family,
      weight: model.blend.weights[family] ?? 0,
      shap: new ForestShap(forest, options),
    }));
  }

  explainFrame(frame: Frame): ExplainedRows {
    return this.explainMatrix(encodeFrame(frame, this.#model.encoder));
  }

  /** base + a row's values = its probability. Memory: 8 bytes · rows · inputs · (members + 1). */
  explainMatrix(matrix: Matrix): ExplainedRows {
    return this.#together(matrix.columns.length, (shap) => shap.values(matrix), matrix);
  }

  /** The same for pairs: values are inputs × inputs a row, symmetric, a pair's interaction split between its two cells. */
  explainPairs(matrix: Matrix): ExplainedRows {
    return this.#together(matrix.columns.length ** 2, (shap) => shap.interactions(matrix), matrix);
  }

  #together(width: number, explain: (shap: ForestShap) => ShapValues, matrix: Matrix): ExplainedRows {
    const { calibration } = this.#model.blend;
    const members = this.#members.map(({ family, weight, shap }) => ({
      family,
      weight,
      unit: shap.forest.link === 'logistic' ? ('log odds' as const) : ('points' as const),
      link: shap.forest.link,
      shap: explain(shap),
    }));
    const blended = ensembleShap(
      members.map(({ family, weight, link, shap }) => ({ name: family, weight, link, shap })),
      width,
      (p) => calibrate(calibration, p),
    );
    return {
      ...blended,
      inputs: matrix.columns.map(({ name }) => name),
      members: members.map(({ family, weight, unit, shap }) => ({ family, weight, unit, shap })),
    };
  }
}
