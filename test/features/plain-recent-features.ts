/**
 * By their definitions, as plain-features.ts: the features of windows, affinities, prices, carts and successions.
 * Nothing is shared with src/ but the names.
 */
import type { FeatureRow, ShopEvent } from './plain-features.js';

const HOUR = 3600e6;
const WINDOWS = { '1h': HOUR, '1d': 24 * HOUR, '7d': 168 * HOUR, '30d': 720 * HOUR };

type Chosen = (event: ShopEvent) => boolean;

const unitsOf = (price: number) => Math.round(price * 1e4);

export function plainRecentFeatures(moment: ShopEvent, all: readonly ShopEvent[]): FeatureRow {
  const past = all.filter((event) => event.us < moment.us);
  const inCategory = <T>(value: T) => (moment.category === null ? null : value);
  const inBrand = <T>(value: T) => (moment.brand === null ? null : value);
  const number = (chosen: Chosen, type?: ShopEvent['type']) =>
    past.filter((event) => chosen(event) && (type === undefined || event.type === type)).length;

  const ofUser: Chosen = ({ user }) => user === moment.user;
  const ofProduct: Chosen = ({ product }) => product === moment.product;
  const ofCategory: Chosen = ({ category }) => category === moment.category;
  const ofBrand: Chosen = ({ brand }) => brand === moment.brand;
  const ofSession: Chosen = ({ session }) => session === moment.session;
  const within =
    (window: keyof typeof WINDOWS, chosen: Chosen): Chosen =>
    (event) =>
      event.us >= moment.us - WINDOWS[window] && chosen(event);
  const windowed = (
    name: string,
    chosen: Chosen,
    types: Record<string, ShopEvent['type']>,
    keep: (n: number) => unknown,
  ) =>
    Object.fromEntries(
      Object.entries(types).flatMap(([what, type]) =>
        (Object.keys(WINDOWS) as (keyof typeof WINDOWS)[]).map((window) => [
          `${name}_${what}_${window}`,
          keep(number(within(window, chosen), type)),
        ]),
      ),
    ) as Record<string, number | null>;
  const trend = (chosen: Chosen) =>
    (number(within('1d', chosen), 'view') + 1) / (number(within('7d', chosen), 'view') / 7 + 1);

  const userBought = past.filter((event) => ofUser(event) && event.type === 'purchase');
  const boughtAt = userBought.map(({ us }) => us);

  return {
    user_purchase_gap:
      userBought.length < 2 ? null : (Math.max(...boughtAt) - Math.min(...boughtAt)) / 1e6 / (userBought.length - 1),
    ...windowed('product', ofProduct, { views: 'view', carts: 'cart', purchases: 'purchase' }, (n) => n),
    ...windowed('category', ofCategory, { views: 'view', purchases: 'purchase' }, inCategory),
    ...windowed('brand', ofBrand, { views: 'view', purchases: 'purchase' }, inBrand),
    ...windowed('user', ofUser, { views: 'view', purchases: 'purchase' }, (n) => n),
    user_spend_30d:
      userBought
        .filter(within('30d', () => true))
        .reduce((sum, { price }) => sum + (price === null ? 0 : unitsOf(price)), 0) / 1e4,
    product_conversion_7d:
      (number(within('7d', ofProduct), 'purchase') + 1) / (number(within('7d', ofProduct), 'view') + 50),
    product_hour_trend:
      (number(within('1h', ofProduct), 'view') + 1) / (number(within('1d', ofProduct), 'view') / 24 + 1),
    product_view_trend: trend(ofProduct),
    category_view_trend: inCategory(trend(ofCategory)),
    brand_view_trend: inBrand(trend(ofBrand)),
    ...affinities(moment, past, number, { ofUser, ofCategory, ofBrand }),
    ...prices(moment, past.filter(ofProduct)),
    ...cart(moment, past.filter(ofSession)),
    ...successions(moment, past),
  };
}

function affinities(
  moment: ShopEvent,
  past: readonly ShopEvent[],
  number: (chosen: Chosen, type?: ShopEvent['type']) => number,
  { ofUser, ofCategory, ofBrand }: Record<'ofUser' | 'ofCategory' | 'ofBrand', Chosen>,
): FeatureRow {
  const both =
    (a: Chosen, b: Chosen): Chosen =>
    (event) =>
      a(event) && b(event);
  const lift = (chosen: Chosen) => {
    const share = number(chosen) / past.length;
    return number(chosen) === 0 ? null : (number(both(ofUser, chosen)) + 10 * share) / (number(ofUser) + 10) / share;
  };
  const band = (price: number | null) => {
    if (price === null) return null;
    for (let k = 0; k < 80; k++) if (price < 2 ** (Math.floor(k / 2) - 6) * (k % 2 === 0 ? 1 : Math.SQRT2)) return k;
    return 80;
  };
  const own = band(moment.price);
  const ofBand: Chosen = ({ price }) => band(price) === own;
  return {
    user_category_affinity: moment.category === null ? null : lift(ofCategory),
    user_brand_events: moment.brand === null ? null : number(both(ofUser, ofBrand)),
    user_brand_purchases: moment.brand === null ? null : number(both(ofUser, ofBrand), 'purchase'),
    user_brand_affinity: moment.brand === null ? null : lift(ofBrand),
    price_band: own,
    user_price_band_events: own === null ? null : number(both(ofUser, ofBand)),
    user_price_band_purchases: own === null ? null : number(both(ofUser, ofBand), 'purchase'),
    user_price_band_affinity: own === null ? null : lift(ofBand),
  };
}

/** Events by instant, in the order of time. */
function instants(events: readonly ShopEvent[]): [number, ShopEvent[]][] {
  const at = new Map<number, ShopEvent[]>();
  for (const event of events) at.set(event.us, [...(at.get(event.us) ?? []), event]);
  return [...at].sort(([a], [b]) => a - b);
}

function prices({ us, price }: ShopEvent, ofProduct: readonly ShopEvent[]): FeatureRow {
  const course = instants(ofProduct.filter((event) => event.price !== null)).map(
    ([at, events]) => [at, Math.min(...events.map((event) => unitsOf(event.price as number)))] as const,
  );
  const highest = Math.max(...ofProduct.flatMap((event) => (event.price === null ? [] : [unitsOf(event.price)])));
  const last = course.at(-1)?.[1];
  let change: { at: number; from: number } | undefined;
  for (let i = 1; i < course.length; i++)
    if (course[i][1] !== course[i - 1][1]) change = { at: course[i][0], from: course[i - 1][1] };
  const over = (value: number | null, by: number | undefined) =>
    value === null || by === undefined || by === 0 ? null : value / (by / 1e4);
  return {
    price_to_product_last: over(price, last),
    price_to_product_highest: over(price, course.length === 0 ? undefined : highest),
    product_price_step: last === undefined ? null : over(last / 1e4, change?.from),
    seconds_since_price_change: change === undefined ? null : (us - change.at) / 1e6,
  };
}

function cart(moment: ShopEvent, session: readonly ShopEvent[]): FeatureRow {
  const number = (type: ShopEvent['type']) => session.filter((event) => event.type === type).length;
  const lying = new Map<string, number>();
  for (const product of new Set(session.map((event) => event.product))) {
    const own = session.filter((event) => event.product === product);
    const put = own.filter(({ type }) => type === 'cart');
    const last = Math.max(...put.map(({ us }) => us));
    if (put.length === 0 || own.some(({ type, us }) => type !== 'view' && type !== 'cart' && us >= last)) continue;
    lying.set(product, Math.max(...put.filter(({ us }) => us === last).map(({ price }) => unitsOf(price ?? 0))));
  }
  const inCategory = session.filter(({ category }) => category === moment.category).length;
  return {
    session_cart_products: lying.size,
    session_cart_value: [...lying.values()].reduce((sum, units) => sum + units, 0) / 1e4,
    session_product_in_cart: lying.has(moment.product) ? 1 : 0,
    session_cart_rate: (number('cart') + 2.5) / (number('view') + 50),
    session_stage: number('purchase') > 0 ? 3 : number('cart') > 0 ? 2 : number('view') > 0 ? 1 : 0,
    session_category_share: moment.category === null || session.length === 0 ? null : inCategory / session.length,
  };
}

function successions(moment: ShopEvent, past: readonly ShopEvent[]): FeatureRow {
  const follow = (type: ShopEvent['type'], key: 'session' | 'user', bothWays: boolean) => {
    const count = new Map<string, number>();
    const pair = (a: string, b: string) => `${a} ${b}`;
    const add = (a: string, b: string) => a !== b && count.set(pair(a, b), (count.get(pair(a, b)) ?? 0) + 1);
    const setsOf = (value: string) =>
      instants(past.filter((event) => event.type === type && event[key] === value)).map(([, events]) => [
        ...new Set(events.map(({ product }) => product)),
      ]);
    for (const value of new Set(past.map((event) => event[key]))) {
      const sets = setsOf(value);
      sets.forEach((set, i) => {
        const before = i > 0 && sets[i - 1].length <= 8 ? sets[i - 1] : [];
        if (set.length > 8) return;
        for (const a of before) for (const b of set) add(a, b);
        if (bothWays) for (const a of before) for (const b of set) add(b, a);
        if (bothWays) for (const a of set) for (const b of set) add(a, b);
      });
    }
    const latest = setsOf(moment[key]).at(-1) ?? [];
    const known = latest.length > 8 ? [] : latest.filter((product) => product !== moment.product);
    const any = [...count].filter(([name]) => known.includes(name.split(' ')[0]));
    const sum = (counts: readonly [string, number][]) => counts.reduce((total, [, n]) => total + n, 0);
    const here = sum(any.filter(([name]) => name.split(' ')[1] === moment.product));
    return { here, rate: known.length === 0 ? null : here / (sum(any) + 10) };
  };
  const views = follow('view', 'session', false);
  const bought = follow('purchase', 'user', true);
  return {
    next_views: views.here,
    next_view_rate: views.rate,
    copurchases: bought.here,
    copurchase_rate: bought.rate,
  };
}
