/** An online store by its address: redis:// and rediss:// are servers of Redis, anything else a folder. */
import { EmbeddedStore } from './embedded-store.js';
import type { OnlineStore } from './online-store.js';
import { RedisStore } from './redis-store.js';

export async function openOnlineStore(address: string, options: { readonly create: boolean }): Promise<OnlineStore> {
  return /^rediss?:/i.test(address) ? RedisStore.open(address, options) : EmbeddedStore.open(address, options);
}
