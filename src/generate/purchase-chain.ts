/**
 * What one session does with one product: a small Markov chain over views, cart, removal and purchase, whose chance of
 * ending in a purchase is computed exactly for every step. It knows no clock and no file.
 *
 *     view k ─ buy dₖ ─▶ purchase            k = 1 … 6; each decision is asked in this order, the next only after a no
 *            ├ cart aₖ ─▶ cart
 *            └ again w ─▶ view k+1, else leave
 *     cart ─ buy b ─▶ purchase;  remove r ─▶ removed;  look v ─▶ view in cart;  else leave
 *     view in cart ─ buy b ─▶ purchase, else leave
 *     removed ─ back c ─▶ cart again;  cart again ─ buy b ─▶ purchase;  else leave
 *
 * dₖ, aₖ and b are logistic in x, the appeal of the product to the user in this session, and in k.
 */
import type { Random } from '../base/random.js';

export const VIEW = 0;
export const CART = 1;
export const REMOVE = 2;
export const PURCHASE = 3;

const MOST_VIEWS = 6;
const BUY_AT_VIEW = -6.4;
const CART_AT_VIEW = -4.2;
const BUY_AT_CART = -0.3;
const BUY_AT_CART_SLOPE = 0.6;
/** Each further view adds this to the log odds of cart and purchase. */
const INTEREST = 0.35;
const VIEW_AGAIN = 0.26;
const REMOVE_FROM_CART = 0.25;
const VIEW_IN_CART = 0.3;
const BACK_TO_CART = 0.12;

/** The steps of the last `run`, and the chance that the session buys the product at or after each. Reused, so read at once. */
export class PurchaseChain {
  length = 0;
  readonly type = new Uint8Array(MOST_VIEWS + 5);
  /** 1 for the purchase itself; for a removal the chance after it. */
  readonly probability = new Float64Array(MOST_VIEWS + 5);
  readonly #buy = new Float64Array(MOST_VIEWS);
  readonly #cart = new Float64Array(MOST_VIEWS);
  /** Of view k + 1. */
  readonly #view = new Float64Array(MOST_VIEWS);
  #buyCart = 0;
  #inCart = 0;

  /** Chance of a purchase at or after the k-th view (from 1) of a product of appeal x. */
  ofView(x: number, k: number): number {
    this.#prepare(x);
    return this.#view[k - 1];
  }

  /** Chance of a purchase after the cart event of a product of appeal x. */
  ofCart(x: number): number {
    this.#prepare(x);
    return this.#inCart;
  }

  /** Plays the chain once. */
  run(x: number, random: Random): void {
    this.#prepare(x);
    this.length = 0;
    for (let k = 0; k < MOST_VIEWS; k++) {
      this.#step(VIEW, this.#view[k]);
      if (random.next() < this.#buy[k]) {
        this.#step(PURCHASE, 1);
        return;
      }
      if (random.next() < this.#cart[k]) {
        this.#runCart(random);
        return;
      }
      if (random.next() >= VIEW_AGAIN) return;
    }
  }

  #runCart(random: Random): void {
    const buy = this.#buyCart;
    this.#step(CART, this.#inCart);
    if (random.next() < buy) {
      this.#step(PURCHASE, 1);
      return;
    }
    if (random.next() < REMOVE_FROM_CART) {
      this.#step(REMOVE, BACK_TO_CART * buy);
      if (random.next() >= BACK_TO_CART) return;
      this.#step(CART, buy);
    } else {
      if (random.next() >= VIEW_IN_CART) return;
      this.#step(VIEW, buy);
    }
    if (random.next() < buy) this.#step(PURCHASE, 1);
  }

  #step(type: number, probability: number): void {
    this.type[this.length] = type;
    this.probability[this.length++] = probability;
  }

  /** Chances of absorption, from the last state back to the first. */
  #prepare(x: number): void {
    const buy = logistic(BUY_AT_CART + BUY_AT_CART_SLOPE * x);
    const later = REMOVE_FROM_CART * BACK_TO_CART * buy + (1 - REMOVE_FROM_CART) * VIEW_IN_CART * buy;
    this.#buyCart = buy;
    this.#inCart = buy + (1 - buy) * later;
    let again = 0;
    for (let k = MOST_VIEWS - 1; k >= 0; k--) {
      const direct = logistic(BUY_AT_VIEW + x + INTEREST * k);
      const cart = logistic(CART_AT_VIEW + x + INTEREST * k);
      this.#buy[k] = direct;
      this.#cart[k] = cart;
      again = direct + (1 - direct) * (cart * this.#inCart + (1 - cart) * VIEW_AGAIN * again);
      this.#view[k] = again;
    }
  }
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
