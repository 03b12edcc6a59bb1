/** The table of models and ensemble that train and evaluate print. Narrow terminals lose the columns that matter least. */
import type { Page } from './command.js';
import { type TableColumn, textTable } from './text-table.js';
import { count, decimal, plainLength, seconds } from './wording.js';

export interface ModelFigures {
  readonly auc: number | null;
  readonly auc_ci: readonly [number, number] | null;
  readonly pr_auc: number | null;
  readonly log_loss: number | null;
  readonly brier: number | null;
  readonly ece: number | null;
  readonly trees?: number | undefined;
  readonly seconds?: number | undefined;
}

interface FigureColumn extends TableColumn {
  readonly cell: (figures: ModelFigures, weight: number | undefined) => string;
  /** Columns of a higher rank give way first; 0 always stays. */
  readonly rank: number;
}

const COLUMNS: readonly FigureColumn[] = [
  { title: 'AUC (95% interval)', rank: 0, cell: aucCell },
  { title: 'PR AUC', rank: 0, cell: ({ pr_auc }) => decimal(pr_auc) },
  { title: 'log loss', rank: 0, cell: ({ log_loss }) => decimal(log_loss) },
  { title: 'Brier', rank: 1, cell: ({ brier }) => decimal(brier) },
  { title: 'ECE', rank: 2, cell: ({ ece }) => decimal(ece) },
  { title: 'trees', rank: 3, cell: ({ trees }) => (trees === undefined ? '' : count(trees)) },
  { title: 'weight', rank: 1, cell: (_, weight) => (weight === undefined ? '' : weight.toFixed(2)) },
  { title: 'time', rank: 4, cell: (figures) => (figures.seconds === undefined ? '' : seconds(figures.seconds)) },
];

function aucCell({ auc, auc_ci }: ModelFigures): string {
  return auc_ci === null ? decimal(auc) : `${decimal(auc)} (${decimal(auc_ci[0], 3)}–${decimal(auc_ci[1], 3)})`;
}

/** Lines; the ensemble stands last, in bold. */
export function modelsTable(
  models: Readonly<Record<string, ModelFigures>>,
  ensemble: ModelFigures,
  weights: Readonly<Record<string, number>>,
  { style, width }: Page,
): string[] {
  const rows = [...Object.entries(models), ['ensemble', ensemble] as const];
  for (let rank = 4; ; rank--) {
    const columns = COLUMNS.filter(
      (column) => column.rank <= rank && rows.some(([name, figures]) => column.cell(figures, weights[name]) !== ''),
    );
    const cells = rows.map(([name, figures]) => {
      const row = [name, ...columns.map((column) => column.cell(figures, weights[name]))];
      return name === 'ensemble' ? row.map((cell) => style.bold(cell)) : row;
    });
    const shown = [{ title: 'model' }, ...columns.map(({ title }) => ({ title, align: 'right' as const }))];
    const lines = textTable(shown, cells, Number.POSITIVE_INFINITY, style.dim);
    if (rank === 0 || Math.max(...lines.map(plainLength)) <= width) return lines;
  }
}
