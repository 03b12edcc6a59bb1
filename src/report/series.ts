/** How each model is drawn and named, the same in every chart of both outputs. */

export interface Series {
  readonly name: string;
  readonly label: string;
  /** A CSS colour that follows the page's light or dark scheme. */
  readonly colour: string;
  /** The same for the workbook, whose pages are white. */
  readonly print: string;
  readonly width: number;
  /** Dashes tell lines apart without colour; absent: a full line. */
  readonly dash?: string;
}

const LABELS: Readonly<Record<string, string>> = {
  catboost: 'CatBoost',
  xgboost: 'XGBoost',
  lightgbm: 'LightGBM',
  'random-forest': 'Random forest',
  ensemble: 'Ensemble',
};

/** Known families by their own name, others as they are. */
export function modelLabel(name: string): string {
  return Object.hasOwn(LABELS, name) ? LABELS[name] : name;
}

const CALIBRATIONS: Readonly<Record<string, string>> = {
  none: 'No calibration',
  platt: 'Platt scaling',
  beta: 'Beta calibration',
  isotonic: 'Isotonic regression',
};

export function calibrationLabel(method: string): string {
  return Object.hasOwn(CALIBRATIONS, method) ? CALIBRATIONS[method] : method;
}

const FAMILY_ORDER = ['catboost', 'xgboost', 'lightgbm', 'random-forest'];
const PRINT = ['#b45309', '#0369a1', '#047857', '#9d3a84', '#7c6f00', '#5b5bd6'];
const DASHES = [undefined, '7 3', '2 3', '8 3 2 3', '4 2', '1 2'];

/** A family keeps its colour whichever others are present; other models follow. */
export function seriesOf(models: readonly string[]): Series[] {
  const others = models.filter((name) => !FAMILY_ORDER.includes(name));
  return models.map((name) => {
    const known = FAMILY_ORDER.indexOf(name);
    const place = (known >= 0 ? known : FAMILY_ORDER.length + others.indexOf(name)) % PRINT.length;
    const series = {
      name,
      label: modelLabel(name),
      colour: `var(--series-${place + 1})`,
      print: PRINT[place],
      width: 1.6,
    };
    const dash = DASHES[place];
    return dash === undefined ? series : { ...series, dash };
  });
}

/** The ensemble: the text's own colour, the thickest line. */
export const ENSEMBLE_SERIES: Series = {
  name: 'ensemble',
  label: 'Ensemble',
  colour: 'var(--ink)',
  print: '#111827',
  width: 2.8,
};

/** The colours of dots: fifths of a feature's values. */
export const LEVELS: readonly Series[] = [
  ...['lowest fifth of its values', 'second fifth', 'middle fifth', 'fourth fifth', 'highest fifth'].map(
    (label, i) => ({
      name: `level-${i}`,
      label,
      colour: `var(--level-${i + 1})`,
      print: '#000000',
      width: 7,
    }),
  ),
  { name: 'missing', label: 'missing', colour: 'var(--muted)', print: '#000000', width: 7 },
  { name: 'category', label: 'a category', colour: 'var(--accent)', print: '#000000', width: 7 },
];

export const SHAP_LIME = 'Upper bars (amber): LIME; lower bars (blue): SHAP.';
