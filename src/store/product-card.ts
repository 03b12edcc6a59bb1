/** What the latest event of a product said of it: what an online request need not say again. */
import type { ShopEvent } from '../features/online-sweep.js';
import { stateKey } from './state-keys.js';

/** Null is missing. */
export type ProductCard = Pick<ShopEvent, 'category_id' | 'category_code' | 'brand' | 'price'>;

export function cardKey(product: string): string {
  return stateKey(`card/${product}`);
}

export function cardBytes({ category_id, category_code, brand, price }: ShopEvent): Uint8Array {
  return Buffer.from(JSON.stringify([category_id, category_code, brand, price]));
}

export function cardOf(bytes: Uint8Array): ProductCard {
  const [category_id, category_code, brand, price] = JSON.parse(Buffer.from(bytes).toString()) as never[];
  return { category_id, category_code, brand, price };
}
