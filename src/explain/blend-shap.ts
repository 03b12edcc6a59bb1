/** SHAP values of a blend and of its members over the same rows, as the summaries of this room read them. */

export interface BlendShap {
  readonly inputs: readonly string[];
  /** Points: see ensemble-shap.ts. */
  readonly base: number;
  /** Row-major, one double an input. */
  readonly values: Float64Array;
  readonly probability: Float64Array;
  readonly members: readonly {
    readonly family: string;
    readonly weight: number;
    readonly unit: 'log odds' | 'points';
    readonly shap: { readonly base: number; readonly values: Float64Array };
  }[];
}

/** One input's values of all rows. */
export function valuesOf(values: Float64Array, inputs: number, input: number): Float64Array {
  const out = new Float64Array(values.length / inputs);
  for (let row = 0, at = input; row < out.length; row++, at += inputs) out[row] = values[at];
  return out;
}
