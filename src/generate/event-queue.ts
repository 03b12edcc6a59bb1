/**
 * Events that lie ahead, given back by time: a binary heap of numbers over columns of event fields. Its size is the
 * number of events of the sessions open at once, whatever the length of the run.
 */

/** A key is seconds × 2^24 + slot: exact in a double for times below 2^29 seconds. */
const SLOTS = 2 ** 24;

/** One event; `queue.take` fills it anew each time. */
export interface ShopEvent {
  /** Seconds since the beginning of the first day. */
  second: number;
  type: number;
  product: number;
  cents: number;
  user: number;
  session: number;
  /** That the session buys the product at or after this event. */
  probability: number;
}

export class EventQueue {
  #keys = new Float64Array(1024);
  #size = 0;
  #free: number[] = [];
  #used = 0;
  readonly #events: ShopEvent[] = [];

  get size(): number {
    return this.#size;
  }

  /** Second of the next event; Infinity when there is none. */
  get nextSecond(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : Math.floor(this.#keys[0] / SLOTS);
  }

  /** Events of one second come back by slot: an order that depends on what was added and taken alone. */
  add(
    second: number,
    type: number,
    product: number,
    cents: number,
    user: number,
    session: number,
    probability: number,
  ): void {
    const slot = this.#free.pop() ?? this.#used++;
    const event = this.#events[slot];
    if (event === undefined) this.#events.push({ second, type, product, cents, user, session, probability });
    else {
      event.second = second;
      event.type = type;
      event.product = product;
      event.cents = cents;
      event.user = user;
      event.session = session;
      event.probability = probability;
    }
    this.#push(second * SLOTS + slot);
  }

  /** The earliest event, good until the next `add`; there must be one. */
  take(): ShopEvent {
    const slot = this.#pop() % SLOTS;
    this.#free.push(slot);
    return this.#events[slot];
  }

  #push(key: number): void {
    if (this.#size === this.#keys.length) {
      const larger = new Float64Array(2 * this.#size);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    const keys = this.#keys;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent] <= key) break;
      keys[at] = keys[parent];
      at = parent;
    }
    keys[at] = key;
  }

  #pop(): number {
    const keys = this.#keys;
    const first = keys[0];
    const key = keys[--this.#size];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= key) break;
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = key;
    return first;
  }
}
