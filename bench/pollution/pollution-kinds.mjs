/**
 * A clean table and its files polluted in every way of the Pollock benchmark (Vitagliano et al., PVLDB 16(8), 2023, table 2:
 * file, table, row and structural pollution), and in some it leaves out (encodings, marks, mixed line ends, footers, wide
 * and long tables). Made here from a seed; none of the benchmark's own files or values.
 */
import { Random } from '../../dist/base/random.js';

const NAMES = ['day', 'clock', 'pieces', 'article', 'price', 'title', 'description', 'page', 'remark'];
const ROWS = 40;
/** Names and rows: dates, times, numbers, codes, money, texts with commas, quotes and line-free prose, an empty column. */
export function cleanTable() {
  const random = new Random(7);
  const next = () => random.next();
  const pick = (items) => items[Math.floor(next() * items.length)];
  const rows = Array.from({ length: ROWS }, (_, r) => {
    const two = (n) => String(n).padStart(2, '0');
    const quoted = r % 9 === 4 ? `, size 10"` : '';
    return [
      `${two(1 + (r % 28))}/${two(1 + (r % 12))}/2021`,
      `${two(r % 24)}:${two((r * 7) % 60)}`,
      String(Math.floor(next() * 12)),
      `${pick(['KX', 'QW', 'ZT'])}-${1000 + Math.floor(next() * 9000)}`,
      `$${(next() * 100).toFixed(2)}`,
      `${pick(['Rain jacket', "Men's boots", 'Camp stove', 'Wool hat'])}${quoted}`,
      `${pick(['Light', 'Warm', 'Sturdy'])}, ${pick(['dry', 'quiet', 'folding'])} and made to last; item ${r}`,
      `https://shop.example/item/${r}`,
      '',
    ];
  });
  return [NAMES, ...rows];
}
/** Fields are quoted when they hold a comma or a quote, as the benchmark's source has it. */
function field(text, { quote = '"', escaped = quote + quote }) {
  return /[",;]/.test(text) ? `${quote}${text.replaceAll(quote, escaped)}${quote}` : text;
}
function line(row, writing) {
  return row.map((text) => field(text, writing)).join(writing.delimiter ?? ',');
}
export function csv(rows, writing = {}) {
  const newline = writing.newline ?? '\r\n';
  return rows.map((row) => line(row, writing) + newline).join('');
}
function file(kind, content, clean, name = kind) {
  return { kind, name, bytes: typeof content === 'string' ? Buffer.from(content) : content, clean };
}
/** File, table and dialect pollutions of the benchmark: one file each. */
export function filePollutions(table) {
  const [names, ...rows] = table;
  const less = table.map((row) => row.slice(0, 8));
  const more = table.map((row, r) => [...row, r === 0 ? 'extra' : '']);
  const twice = names.map((name) => `${name} ${name}`);
  const thrice = names.map((name) => `${name} ${name} ${name}`);
  return [
    file('source', csv(table), table),
    file('no payload', '', []),
    file('no trailing newline', csv(table).trimEnd(), table),
    file('double trailing newline', `${csv(table)}\r\n`, table),
    file('no header', csv(rows), rows),
    file('header of two lines', csv([names, ...table]), [twice, ...rows]),
    file('header of three lines', csv([names, names, ...table]), [thrice, ...rows]),
    file('preamble', `PREAMBLE,,,,,,,,\r\n,,,,,,,,\r\n${csv(table)}`, table),
    file('second table, fewer columns', csv(table) + csv(less), table),
    file('second table, as many columns', csv(table) + csv(table), table),
    file('second table, more columns', csv(table) + csv(more), table),
    file('header only', csv([names]), [names]),
    file('one data row', csv(table.slice(0, 2)), table.slice(0, 2)),
    file('records end with LF', csv(table, { newline: '\n' }), table),
    file('records end with CR', csv(table, { newline: '\r' }), table),
    file('tab between fields', csv(table, { delimiter: '\t' }), table),
    file('semicolon between fields', csv(table, { delimiter: ';' }), table),
    file('space between fields', csv(table, { delimiter: ' ' }), table),
    file('comma and space between fields', csv(table, { delimiter: ', ' }), table),
    file('apostrophe as quote', csv(table, { quote: "'", escaped: "''" }), table),
    file('backslash before quotes', csv(table, { escaped: '\\"' }), table),
    file('quotes not escaped', csv(table, { escaped: '"' }), table),
  ];
}
/** Pollutions of one row, or of one field of one row, at `rows` (0 is the header). */
export function rowPollutions(table, rows) {
  const changed = (r, row) => table.map((cells, n) => `${n === r ? row : line(cells, {})}\r\n`).join('');
  return rows.flatMap((r) => {
    const cells = table[r].map((text) => field(text, {}));
    const at = (kind, c, text, clean = table) => file(kind, changed(r, text), clean, `${kind} ${r} ${c}`);
    return [
      at('another delimiter in one row', 0, cells.join(' ')),
      ...cells.flatMap((_, c) => {
        const head = cells.slice(0, c).join(',');
        const tail = cells.slice(c).join(',');
        const stray = table.map((row, n) => (n === r ? row.with(c, `"${row[c]}`) : row));
        return [
          at('a delimiter too many', c, c === 0 ? `,${tail}` : `${head},,${tail}`),
          ...(c === 0 ? [] : [at('a delimiter too few', c, head + tail)]),
          at('a stray quote', c, cells.with(c, `"${cells[c]}`).join(','), stray),
        ];
      }),
    ];
  });
}
/**
 * How often each kind was seen in the 3,712 real files that the benchmark's authors surveyed (their pollock_weights.json, the
 * files of one kind added up): the weights of the weighted score.
 */
export const KIND_WEIGHTS = {
  'records end with LF': 1691,
  'semicolon between fields': 834,
  'no header': 470,
  'a delimiter too few': 338.3,
  'a delimiter too many': 338.3,
  preamble: 282,
  'no trailing newline': 184,
  'comma and space between fields': 101,
  'second table, fewer columns': 62.7,
  'second table, as many columns': 62.7,
  'second table, more columns': 62.7,
  'header of two lines': 47,
  'header of three lines': 47,
  'no payload': 15,
  'another delimiter in one row': 13.1,
  'apostrophe as quote': 11,
  'a stray quote': 8.5,
  'records end with CR': 7,
  'quotes not escaped': 7,
  'double trailing newline': 5,
  'one data row': 4,
  'tab between fields': 4,
  'space between fields': 4,
  'header only': 3,
  source: 1,
  'backslash before quotes': 1,
};
/**
 * The mean score of the files, and the mean of the kinds by their weights. `scores` are a kind and a score each.
 */
export function benchmarkScores(scores) {
  const kinds = new Map();
  for (const { kind, score } of scores) kinds.set(kind, [...(kinds.get(kind) ?? []), score]);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  let weighted = 0;
  let weights = 0;
  for (const [kind, values] of kinds) {
    weighted += KIND_WEIGHTS[kind] * mean(values);
    weights += KIND_WEIGHTS[kind];
  }
  return { simple: mean(scores.map(({ score }) => score)), weighted: weighted / weights };
}
/** What real exports have besides. */
export function furtherPollutions(table) {
  const [names, ...rows] = table;
  const text = csv(table);
  const mixed = table.map((row, r) => line(row, {}) + ['\n', '\r\n'][r % 2]).join('');
  const accented = table.map((row) => row.with(8, 'café Größe'));
  const wide = table.map((row, r) => [
    ...row,
    ...Array.from({ length: 300 }, (_, c) => (r === 0 ? `w${c}` : String(c))),
  ]);
  const long = table.map((row, r) => (r === 3 ? row.with(6, 'long, '.repeat(20_000).trim()) : row));
  const breaks = table.map((row, r) => (r % 5 === 2 ? row.with(6, `two,\nlines ${r}`) : row));
  const own = [
    file('byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]), table),
    file('UTF-16, little end first', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]), table),
    file(
      'UTF-16, big end first',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]),
      table,
    ),
    file('Latin-1', Buffer.from(csv(accented), 'latin1'), accented),
    file('mixed line ends', mixed, table),
    file('bar between fields', csv(table, { delimiter: '|' }), table),
    file('two bars between fields', csv(table, { delimiter: '||' }), table),
    file('Ctrl-A between fields', csv(table, { delimiter: '\u0001' }), table),
    file(
      'every field quoted',
      table.map((row) => `${row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`).join(''),
      table,
    ),
    file('line breaks in fields', csv(breaks.map((row) => row)), breaks),
    file('lines of comment above', `# export of 2021-03-01\r\n# by the shop\r\n${text}`, table),
    file('a title above', `Sales of the year\r\n\r\n${text}`, table),
    file('pairs above', `from,2021-01-01\r\nto,2021-12-31\r\n${text}`, table),
    file('a footer', `${text}40 rows\r\n`, table),
    file(
      'rows of nothing',
      csv([names, ...rows.slice(0, 20)]) + `${','.repeat(8)}\r\n`.repeat(3) + csv(rows.slice(20)),
      table,
    ),
    file('blank lines', `${csv([names, ...rows.slice(0, 20)])}\r\n\r\n${csv(rows.slice(20))}`, table),
    file('309 columns', csv(wide), wide),
    file('a field of 120,000 characters', csv(long), long),
    file('names repeated', csv([names.with(1, 'day'), ...rows]), [names.with(1, 'day'), ...rows]),
    file('an empty name', csv([names.with(8, ''), ...rows]), [names.with(8, ''), ...rows]),
  ];
  return own.map((one) => ({ ...one, own: true }));
}
