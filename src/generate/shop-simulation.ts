/**
 * A simulated shop: sessions arrive by the rhythm, shoppers choose products and play a purchase chain with each, and the
 * events come out ordered by time, exactly as many as asked for. It formats and writes nothing.
 *
 * Every probability is the truth given all that the simulation knows of user, product, price and time. A session that
 * would go beyond the wanted number of events is left out, and one of a window-shopper, who never buys, fills the gap: no
 * session is cut, so no label is.
 */
import { Random } from '../base/random.js';
import { EventQueue, type ShopEvent } from './event-queue.js';
import { Products } from './products.js';
import { PurchaseChain, VIEW } from './purchase-chain.js';
import { Rhythm } from './rhythm.js';
import { type Shopper, Shoppers } from './shoppers.js';

/** Mean events of a session, measured over a million; it sets how many sessions a day fill the wanted days. */
export const EVENTS_A_SESSION = 4.22;
/** The chance of looking at one more product. */
const ANOTHER_PRODUCT = 0.66;
const MOST_PRODUCTS = 40;
/** Share of the products that a shopper takes from the favourite category. */
const LOYALTY = 0.5;
const SECONDS_TO_NEXT_PRODUCT = 55;
const SECONDS_TO_NEXT_STEP = 70;

/** Effects on the log odds. */
export const EFFECTS = {
  favourite: 0.7,
  /** Of ln(price / median of the category). */
  price: -0.5,
  offer: 0.6,
  /** From its least at 8 to its greatest at 20 o'clock, ± this. */
  evening: 0.2,
  weekend: 0.15,
} as const;

const DAY = 86_400;

export interface SimulationOptions {
  /** Events to make, at least 1. */
  readonly events: number;
  /** Days that they spread over, about; at least 1. */
  readonly days: number;
  readonly seed: number;
}

export class ShopSimulation {
  readonly products: Products;
  readonly shoppers: Shoppers;
  /** Sessions begun so far. */
  sessions = 0;
  readonly #random: Random;
  readonly #rhythm: Rhythm;
  readonly #queue = new EventQueue();
  readonly #chain = new PurchaseChain();
  readonly #seen = new Int32Array(MOST_PRODUCTS);
  readonly #session = new SessionEvents();
  /** Events not yet promised to a session. */
  #left: number;
  #arrival: number;

  constructor({ events, days, seed }: SimulationOptions) {
    this.products = new Products(seed, Math.ceil(days / 7) + 1);
    this.shoppers = new Shoppers(seed, events, this.products);
    this.#random = new Random(seed, 2);
    this.#rhythm = new Rhythm(events / EVENTS_A_SESSION / days);
    this.#left = events;
    this.#arrival = this.#rhythm.nextArrival(this.#random);
  }

  /** The next event in time, good until the next call; undefined after the last. */
  next(): ShopEvent | undefined {
    while (this.#left > 0 && this.#arrival <= this.#queue.nextSecond) {
      this.#begin(this.#arrival);
      this.#arrival = this.#rhythm.nextArrival(this.#random);
    }
    return this.#queue.size === 0 ? undefined : this.#queue.take();
  }

  #begin(second: number): void {
    const shopper = this.shoppers.draw(this.#random);
    this.#play(second, shopper);
    const { length, time, type, product, cents, probability } = this.#session;
    const session = this.sessions++;
    if (length > this.#left) {
      this.#fill(second, session);
      return;
    }
    this.#left -= length;
    for (let i = 0; i < length; i++)
      this.#queue.add(time[i], type[i], product[i], cents[i], shopper.id, session, probability[i]);
  }

  /** All events of one session into `#session`. */
  #play(begin: number, shopper: Shopper): void {
    const random = this.#random;
    const week = Math.floor(begin / (7 * DAY));
    const mood = shopper.readiness + moodAt(begin);
    this.#session.length = 0;
    let second = begin;
    let seen = 0;
    do {
      const product = this.#choose(shopper, seen);
      if (product >= 0) {
        this.#seen[seen++] = product;
        const cents = this.products.centsIn(product, week);
        this.#chain.run(mood + this.appeal(shopper, product, week), random);
        let at = second;
        for (let step = 0; step < this.#chain.length; step++) {
          this.#session.add(at, this.#chain.type[step], product, cents, this.#chain.probability[step]);
          at += pause(SECONDS_TO_NEXT_STEP, random);
        }
      }
      second += pause(SECONDS_TO_NEXT_PRODUCT, random);
    } while (seen < MOST_PRODUCTS && random.next() < ANOTHER_PRODUCT);
  }

  /** What product and week add to the log odds. */
  appeal(shopper: Shopper, product: number, week: number): number {
    return (
      (this.products.category[product] === shopper.favourite ? EFFECTS.favourite : 0) +
      EFFECTS.price * this.products.logRelativePrice[product] +
      (this.products.onOffer(product, week) ? EFFECTS.offer : 0)
    );
  }

  /** A product the session has not seen; −1 when some tries find none. */
  #choose(shopper: Shopper, seen: number): number {
    for (let attempt = 0; attempt < 8; attempt++) {
      const loyal = this.#random.next() < LOYALTY;
      const product = loyal ? this.products.drawOf(shopper.favourite, this.#random) : this.products.draw(this.#random);
      if (!this.#seen.subarray(0, seen).includes(product)) return product;
    }
    return -1;
  }

  /** The window-shopper: views alone, of probability 0. */
  #fill(begin: number, session: number): void {
    const week = Math.floor(begin / (7 * DAY));
    const { id } = this.shoppers.shopper(this.shoppers.population);
    let second = begin;
    for (; this.#left > 0; this.#left--) {
      const product = this.products.draw(this.#random);
      this.#queue.add(second, VIEW, product, this.products.centsIn(product, week), id, session, 0);
      second += pause(SECONDS_TO_NEXT_PRODUCT, this.#random);
    }
  }
}

/** Log odds that the hour and the day add. */
export function moodAt(second: number): number {
  const hour = (second % DAY) / 3600;
  const weekday = Math.floor(second / DAY) % 7;
  return EFFECTS.evening * Math.cos((2 * Math.PI * (hour - 20)) / 24) + (weekday >= 5 ? EFFECTS.weekend : 0);
}

/** At least one second, exponential beyond it: two steps with one product never share a second. */
function pause(mean: number, random: Random): number {
  return 1 + Math.floor(-(mean - 1) * Math.log1p(-random.next()));
}

/** The events of a session at hand, reused. */
class SessionEvents {
  length = 0;
  readonly time: number[] = [];
  readonly type: number[] = [];
  readonly product: number[] = [];
  readonly cents: number[] = [];
  readonly probability: number[] = [];

  add(time: number, type: number, product: number, cents: number, probability: number): void {
    const at = this.length++;
    this.time[at] = time;
    this.type[at] = type;
    this.product[at] = product;
    this.cents[at] = cents;
    this.probability[at] = probability;
  }
}
