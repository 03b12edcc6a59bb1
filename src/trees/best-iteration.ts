/** Remembers the best validation loss and says when to stop. */
export class BestIteration {
  readonly #patience: number;
  #bestLoss = Number.POSITIVE_INFINITY;
  /** Trees of the best iteration so far. */
  trees = 0;

  /** `patience` rounds without improvement end training; 0 never does. */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Takes the loss after `trees` trees; true when training should stop. */
  stopsAfter(trees: number, loss: number): boolean {
    if (loss < this.#bestLoss) {
      this.#bestLoss = loss;
      this.trees = trees;
    }
    return this.#patience > 0 && trees - this.trees >= this.#patience;
  }
}
