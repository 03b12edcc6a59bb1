/** Data that the page's script reads: a block that no browser runs and no text can end. */
import { Markup } from './markup.js';

/** Numbers are cut to seven significant digits: the page shows fewer. */
export function dataBlock(id: string, value: unknown): Markup {
  const json = JSON.stringify(value, (_, one) =>
    typeof one === 'number' && !Number.isInteger(one) ? Number(one.toPrecision(7)) : one,
  );
  const safe = json.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return new Markup(`<script type="application/json" id="${id}">${safe}</script>`);
}
