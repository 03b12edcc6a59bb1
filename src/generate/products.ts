/**
 * The invented assortment: categories, brands, base prices, weekly offers, and how often each product is looked at
 * (Zipf). All of it follows from the seed.
 */
import { Random } from '../base/random.js';
import { WeightedChoice, zipfWeights } from './weighted-choice.js';

export const PRODUCTS = 10_000;
/** Popularity of the product of rank r is proportional to r^−0.9, near what web shops report (0.8 to 1). */
export const ZIPF_EXPONENT = 0.9;
export const OFFER_SHARE = 0.15;
export const OFFER_DISCOUNT = 0.2;

/** Code, weight in the assortment, and median price. */
const CATEGORIES: readonly (readonly [code: string, weight: number, medianPrice: number])[] = [
  ['electronics.smartphone', 10, 320],
  ['electronics.audio.headphone', 8, 60],
  ['electronics.video.tv', 5, 450],
  ['electronics.clocks', 5, 150],
  ['computers.notebook', 7, 700],
  ['computers.peripherals.mouse', 4, 25],
  ['appliances.kitchen.refrigerators', 4, 480],
  ['appliances.kitchen.washer', 4, 350],
  ['appliances.environment.vacuum', 4, 130],
  ['appliances.personal.hair_cutter', 3, 40],
  ['furniture.living_room.sofa', 4, 400],
  ['furniture.bedroom.bed', 4, 280],
  ['apparel.shoes', 9, 70],
  ['apparel.shoes.keds', 5, 55],
  ['apparel.costume', 4, 90],
  ['accessories.bag', 6, 45],
  ['sport.bicycle', 3, 260],
  ['kids.carriage', 3, 160],
  ['auto.accessories.player', 4, 75],
  ['', 4, 30],
];
const BRANDS = 120;
const SPREAD_OF_PRICES = 0.5;

const FIRST_PRODUCT_ID = 1_000_001;
const FIRST_CATEGORY_ID = 2_000_000_000_000_000_001n;

export class Products {
  readonly category = new Int16Array(PRODUCTS);
  readonly cents = new Int32Array(PRODUCTS);
  /** ln(base price / median of its category). */
  readonly logRelativePrice = new Float64Array(PRODUCTS);
  /** `,product_id,category_id,category_code,brand,` of each product, as bytes. */
  readonly words: readonly Uint8Array[];
  readonly #offers: Uint8Array;
  readonly #weeks: number;
  readonly #all: WeightedChoice;
  readonly #ofCategory: readonly { readonly products: Int32Array; readonly choice: WeightedChoice }[];
  readonly #categories: WeightedChoice;

  constructor(seed: number, weeks: number) {
    const random = new Random(seed, 1);
    const categories = new WeightedChoice(CATEGORIES.map(([, weight]) => weight));
    const brands = new WeightedChoice(zipfWeights(BRANDS, 1));
    const words: Uint8Array[] = [];
    const encoder = new TextEncoder();
    for (let product = 0; product < PRODUCTS; product++) {
      // The first products, the most popular ones, go round the categories, so that every one has some.
      const drawn = categories.draw(random);
      const category = product < CATEGORIES.length ? product : drawn;
      const [code, , median] = CATEGORIES[category];
      this.category[product] = category;
      const relative = SPREAD_OF_PRICES * random.normal();
      this.cents[product] = Math.max(99, Math.round(100 * median * Math.exp(relative)));
      this.logRelativePrice[product] = Math.log(this.cents[product] / (100 * median));
      const brand = brands.draw(random);
      const unbranded = random.next() < 0.1;
      const name = unbranded ? '' : `synthetic-${String(brand + 1).padStart(3, '0')}`;
      words.push(
        encoder.encode(`,${FIRST_PRODUCT_ID + product},${FIRST_CATEGORY_ID + BigInt(category)},${code},${name},`),
      );
    }
    this.words = words;
    this.#weeks = weeks;
    this.#offers = Uint8Array.from({ length: PRODUCTS * weeks }, () => (random.next() < OFFER_SHARE ? 1 : 0));
    const weights = zipfWeights(PRODUCTS, ZIPF_EXPONENT);
    this.#all = new WeightedChoice(weights);
    const members = CATEGORIES.map((_, category) =>
      Int32Array.from(this.category.keys()).filter((product) => this.category[product] === category),
    );
    this.#ofCategory = members.map((products) => ({
      products,
      choice: new WeightedChoice(Float64Array.from(products, (product) => weights[product])),
    }));
    this.#categories = new WeightedChoice(
      members.map((products) => products.reduce((sum, product) => sum + weights[product], 0)),
    );
  }

  /** Any product, by popularity. */
  draw(random: Random): number {
    return this.#all.draw(random);
  }

  /** A product of one category, by popularity. */
  drawOf(category: number, random: Random): number {
    const { products, choice } = this.#ofCategory[category];
    return products[choice.draw(random)];
  }

  /** A category by the popularity of its products: then `drawOf` it draws products as `draw` does. */
  drawCategory(random: Random): number {
    return this.#categories.draw(random);
  }

  /** Whether a product is on offer in a week, counted from 0. */
  onOffer(product: number, week: number): boolean {
    return this.#offers[(week % this.#weeks) * PRODUCTS + product] === 1;
  }

  /** Price in that week. */
  centsIn(product: number, week: number): number {
    const cents = this.cents[product];
    return this.onOffer(product, week) ? Math.round(cents * (1 - OFFER_DISCOUNT)) : cents;
  }
}
