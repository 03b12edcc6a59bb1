/** Remembers the best validation figure and says when to stop. */
export class BestIteration {
  readonly #patience: number;
  readonly #larger: boolean;
  #best: number | undefined;
  /** Trees of the best iteration so far. */
  trees = 0;

  /** `patience` rounds without improvement end training; 0 never does. `larger`: more is better. */
  constructor(patience: number, larger = false) {
    this.#patience = patience;
    this.#larger = larger;
  }

  /** The figure before any tree: one must be better to be kept. */
  startFrom(figure: number): void {
    if (!Number.isNaN(figure)) this.#best = figure;
  }

  /** Takes the figure after `trees` trees; true when training should stop. NaN is no improvement. */
  stopsAfter(trees: number, figure: number): boolean {
    const best = this.#best;
    if (best === undefined ? !Number.isNaN(figure) : this.#larger ? figure > best : figure < best) {
      this.#best = figure;
      this.trees = trees;
    }
    return this.#patience > 0 && trees - this.trees >= this.#patience;
  }
}
