/** The order of events that no order of files or rows shows in: by instant, then by every other column. */
import type { ShopEvent } from './online-sweep.js';

export function sortEvents(events: readonly ShopEvent[]): ShopEvent[] {
  return [...events].sort(
    (a, b) =>
      a.us - b.us ||
      byNumber(a.price, b.price) ||
      byText(a.category_id, b.category_id) ||
      byText(a.category_code, b.category_code) ||
      byText(a.brand, b.brand) ||
      byText(a.product_id, b.product_id) ||
      byText(a.user_id, b.user_id) ||
      byText(a.user_session, b.user_session) ||
      byText(a.event_type, b.event_type),
  );
}

/** Missing first. */
function byNumber(a: number | null, b: number | null): number {
  if (isMissing(a) || isMissing(b)) return (isMissing(a) ? 0 : 1) - (isMissing(b) ? 0 : 1);
  return a < b ? -1 : a > b ? 1 : 0;
}

function isMissing(value: number | null): value is null {
  return value === null || Number.isNaN(value);
}

/** By code points, as databases compare; missing first. */
function byText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
