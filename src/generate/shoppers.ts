/**
 * Who comes: users who return, some often and most seldom, each with a lasting readiness to buy and a favourite category.
 * Traits follow from the seed and the user's number, so that no user needs memory.
 */
import { Random } from '../base/random.js';
import type { Products } from './products.js';

/** Users are this share of the events. */
const USERS_AN_EVENT = 1 / 24;
/** A user's number is population × uniform^2.2: a few come daily, half the population hardly ever. */
const SKEW = 2.2;
const FIRST_USER_ID = 500_000_001;
const SPREAD_OF_READINESS = 0.8;

export interface Shopper {
  /** As in the column user_id. */
  readonly id: number;
  /** Added to the log odds of cart and purchase; normal with mean 0. */
  readonly readiness: number;
  readonly favourite: number;
}

export class Shoppers {
  readonly population: number;

  constructor(
    private readonly seed: number,
    events: number,
    private readonly products: Products,
  ) {
    this.population = Math.max(5, Math.round(events * USERS_AN_EVENT));
  }

  draw(random: Random): Shopper {
    return this.shopper(Math.floor(this.population * random.next() ** SKEW));
  }

  /** The user of a number, 0 … population − 1: always the same. */
  shopper(number: number): Shopper {
    const traits = new Random(this.seed, number + 1000);
    return {
      id: FIRST_USER_ID + number,
      readiness: SPREAD_OF_READINESS * traits.normal(),
      favourite: this.products.drawCategory(traits),
    };
  }
}
