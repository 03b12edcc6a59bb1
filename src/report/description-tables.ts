/** The tables that describe what was trained on what: input, splits, features, importances, parameters, versions, proofs. */
import type { ReportData, ReportSuspect } from './report-data.js';
import { type Cell, column, type ReportTable } from './report-table.js';
import { modelLabel } from './series.js';
import { wordsOf } from './words.js';

export function inputTable({ title, input, split_by, purged_sessions }: ReportData): ReportTable {
  const rows: Cell[][] = [
    ['Bundle', title],
    ['Input', input.file],
    ['Read as', input.kind === 'events' ? 'raw shop events' : 'a table'],
    ['Target', input.target],
    ['Rows', input.rows],
  ];
  if (input.from !== undefined) rows.push(['First event', input.from]);
  if (input.to !== undefined) rows.push(['Last event', input.to]);
  rows.push(['Split by', split_by], ['Sessions left out at the cuts', purged_sessions]);
  rows.push(['Seed', input.seed], ['Fingerprint', input.fingerprint]);
  return {
    id: 'input',
    title: 'The data',
    columns: [column('What', 'text', 30), column('Value', 'value', 70)],
    rows,
  };
}

export function splitsTable(data: ReportData): ReportTable {
  const { splits } = data;
  const words = wordsOf(data);
  const timed = splits.some((split) => split.from !== undefined);
  const sessions = splits.some((split) => split.sessions !== undefined);
  return {
    id: 'splits',
    title: 'The parts of the data',
    columns: [
      column('Part', 'text', 16),
      column('Rows', 'integer'),
      column(words.Positives, 'integer'),
      column(`Share of ${words.positives}`, 'percent'),
      ...(sessions ? [column('Sessions', 'integer')] : []),
      ...(timed ? [column('From', 'text', 24), column('To', 'text', 24)] : []),
    ],
    rows: splits.map((split) => [
      split.name,
      split.rows,
      split.positives,
      split.rows > 0 ? split.positives / split.rows : null,
      ...(sessions ? [split.sessions ?? null] : []),
      ...(timed ? [split.from ?? null, split.to ?? null] : []),
    ]),
  };
}

const QUALITY_ROWS = 200;

/** The quality summary, one entry a row; null when there is none. Names inside names are joined by " › ". */
export function qualityTable({ input }: ReportData): ReportTable | null {
  if (input.quality === undefined) return null;
  const rows: Cell[][] = [];
  flatten(input.quality, '', rows);
  return {
    id: 'quality',
    title: 'Quality of the input',
    columns: [column('What', 'text', 50), column('Value', 'value', 40)],
    rows: rows.slice(0, QUALITY_ROWS),
  };
}

function flatten(value: unknown, path: string, rows: Cell[][]): void {
  if (value !== null && typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) {
      const spoken = Array.isArray(value) ? String(Number(name) + 1) : name.replaceAll('_', ' ');
      flatten(inner, path === '' ? spoken : `${path} › ${spoken}`, rows);
    }
    return;
  }
  rows.push([path, typeof value === 'number' ? value : String(value ?? '–')]);
}

export function featuresTable({ features }: ReportData): ReportTable {
  return {
    id: 'features',
    title: 'Features',
    columns: [
      column('Feature', 'text', 34),
      column('Kind', 'text', 12),
      column('Group', 'text', 14),
      column('Missing', 'percent'),
      column('Categories', 'integer'),
      column('Description', 'text', 80),
    ],
    rows: features.map((f) => [
      f.name,
      f.kind,
      f.group ?? '',
      f.missing ?? null,
      f.categories ?? null,
      f.description ?? '',
    ]),
  };
}

const SUSPECT_WORDS = {
  future: 'reads the future',
  leak: 'may know the outcome',
  unstable: 'does not hold',
  shift: 'tells early rows from late ones',
  'null-importance': 'no better than chance',
  duplicate: 'repeats another',
  constant: 'one value',
} as const;
const SUSPECT_ORDER = Object.keys(SUSPECT_WORDS);

/** The gravest kind first; null where nobody looked. */
export function suspectsTable({ suspects }: ReportData): ReportTable | null {
  if (suspects === undefined) return null;
  const place = ({ kind }: ReportSuspect) => SUSPECT_ORDER.indexOf(kind);
  return {
    id: 'suspects',
    title: 'Features to look at twice',
    columns: [column('Feature', 'text', 34), column('Why', 'text', 30), column('Found', 'text', 80)],
    rows: [...suspects]
      .sort((a, b) => place(a) - place(b))
      .map(({ feature, kind, reason, dropped }) => [
        feature,
        SUSPECT_WORDS[kind] ?? kind,
        dropped === true ? `${reason}; left out` : reason,
      ]),
  };
}

/** A row a feature, by falling mean share of gain; a group of columns a model. */
export function importancesTable({ models, features }: ReportData): ReportTable {
  const permuted = models.some((model) => model.importances.some((one) => one.permutation !== undefined));
  const names = [
    ...new Set([...features.map((f) => f.name), ...models.flatMap((m) => m.importances.map((i) => i.feature))]),
  ];
  const byModel = models.map((model) => new Map(model.importances.map((one) => [one.feature, one])));
  const rows = names.map((name) => {
    const found = byModel.map((importances) => importances.get(name));
    const mean = found.reduce((sum, one) => sum + (one?.gain ?? 0), 0) / Math.max(1, models.length);
    const cells = found.flatMap((one): Cell[] => [
      one?.gain ?? null,
      one?.splits ?? null,
      ...(permuted ? [one?.permutation ?? null] : []),
    ]);
    return [name, mean, ...cells] as const;
  });
  return {
    id: 'importances',
    title: 'Importance of every feature',
    columns: [
      column('Feature', 'text', 34),
      column('Mean share of gain', 'percent'),
      ...models.flatMap(({ name }) => [
        column(`${modelLabel(name)} gain`, 'percent'),
        column(`${modelLabel(name)} splits`, 'percent'),
        ...(permuted ? [column(`${modelLabel(name)} log loss when shuffled`, 'metric')] : []),
      ]),
    ],
    rows: rows.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
  };
}

export function parametersTable({ models }: ReportData): ReportTable {
  return {
    id: 'parameters',
    title: 'Parameters',
    columns: [column('Model', 'text', 16), column('Parameter', 'text', 32), column('Value', 'value', 20)],
    rows: models.flatMap(({ name, parameters }) =>
      Object.entries(parameters).map(([parameter, value]): Cell[] => [
        modelLabel(name),
        parameter,
        typeof value === 'number' ? value : String(value),
      ]),
    ),
  };
}

export function proofTable({ onnx }: ReportData): ReportTable {
  return {
    id: 'onnx',
    title: 'ONNX exports, held against ecomml',
    columns: [
      column('Export', 'text', 16),
      column('Rows compared', 'integer'),
      column('Largest difference', 'general'),
    ],
    rows: onnx.map((proof) => [modelLabel(proof.name), proof.rows, proof.largest_difference]),
  };
}

export function versionsTable({ versions }: ReportData): ReportTable {
  return {
    id: 'versions',
    title: 'Versions',
    columns: [column('Program', 'text', 30), column('Version', 'text', 20)],
    rows: Object.entries(versions),
  };
}
