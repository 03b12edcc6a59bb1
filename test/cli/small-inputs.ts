/** Small inputs for tests of the binary: a table that can be learned and a shop's events, both from a seed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '#ecomml/base/random.js';

export interface TableChanges {
  readonly rows?: number;
  readonly delimiter?: string;
  /** The label of a row instead of the learnable one. */
  readonly label?: (row: number) => string;
  /** The text of the first numeric column instead of its number. */
  readonly number?: (row: number) => string | undefined;
  readonly targetName?: string;
  /** Adds a column `part` with train, valid or test. */
  readonly part?: (row: number) => string;
}

/** CSV: amount, visits, channel, target (0 or 1, likelier for a higher amount). */
export function tableCsv(changes: TableChanges = {}): string {
  const { rows = 400, delimiter = ',', targetName = 'bought' } = changes;
  const random = new Random(7);
  const header = ['amount', 'visits', 'channel', targetName];
  if (changes.part !== undefined) header.push('part');
  const lines = [header.join(delimiter)];
  for (let row = 0; row < rows; row++) {
    const amount = random.next() * 100;
    const label = random.next() < amount / 200 + 0.1 ? '1' : '0';
    const cells = [
      changes.number?.(row) ?? amount.toFixed(3),
      String(random.below(20)),
      ['mail', 'web', 'app'][random.below(3)],
      changes.label?.(row) ?? label,
    ];
    if (changes.part !== undefined) cells.push(changes.part(row));
    lines.push(cells.join(delimiter));
  }
  return `${lines.join('\n')}\n`;
}

export function writeTable(folder: string, name: string, changes: TableChanges = {}): string {
  const path = join(folder, name);
  writeFileSync(path, tableCsv(changes));
  return path;
}

export const EVENT_COLUMNS = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
];

export interface EventChanges {
  readonly sessions?: number;
  readonly delimiter?: string;
  readonly columns?: readonly string[];
  readonly purchases?: boolean;
}

/** Sessions of a few views each over two days; about one in six ends with a cart and a purchase. */
export function eventsCsv({
  sessions = 300,
  delimiter = ',',
  columns = EVENT_COLUMNS,
  purchases = true,
}: EventChanges = {}): string {
  const random = new Random(11);
  const lines = [columns.join(delimiter)];
  let second = Date.UTC(2019, 9, 1) / 1000;
  for (let session = 0; session < sessions; session++) {
    const user = 1000 + random.below(sessions);
    const views = 1 + random.below(5);
    const buys = random.below(6) === 0;
    const types = [...Array<string>(views).fill('view'), ...(buys ? ['cart', ...(purchases ? ['purchase'] : [])] : [])];
    let product = 0;
    for (const type of types) {
      second += 1 + random.below(120);
      if (type === 'view') product = random.below(40);
      const time = `${new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
      const category = product % 4;
      const code = ['electronics.smartphone', 'appliances.kitchen.kettle', '', 'apparel.shoes'][category];
      lines.push(
        [
          time,
          type,
          product,
          2000 + category,
          code,
          ['acme', '', 'zeta'][product % 3],
          (5 + product * 3.5).toFixed(2),
          user,
          `s${session}`,
        ].join(delimiter),
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

export function writeEvents(folder: string, name: string, changes: EventChanges = {}): string {
  const path = join(folder, name);
  writeFileSync(path, eventsCsv(changes));
  return path;
}
