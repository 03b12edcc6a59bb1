/** A report as plain parts in reading order, from which both the page and the PDF are drawn. */
import type { Markup } from './markup.js';
import type { ReportTable } from './report-table.js';
import type { Series } from './series.js';

export interface ReportSection {
  /** Unique; letters, digits and hyphens: the page's anchor. */
  readonly id: string;
  readonly title: string;
  readonly parts: readonly ReportPart[];
  /** True: paper leaves it out. */
  readonly pageOnly?: boolean;
}

export interface Figure {
  readonly title: string;
  /** An SVG of draw-plot.ts. */
  readonly chart: Markup;
  readonly caption: string;
  /** The same as a table, for those who cannot see the chart. */
  readonly table?: ReportTable;
}

export type ReportPart =
  | { readonly kind: 'text'; readonly text: string; readonly muted?: boolean }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'warnings'; readonly items: readonly string[] }
  /** A folded table is closed in the page until asked for. */
  | { readonly kind: 'table'; readonly table: ReportTable; readonly folded?: boolean }
  | { readonly kind: 'legend'; readonly series: readonly Series[] }
  | { readonly kind: 'figures'; readonly figures: readonly Figure[]; readonly wide?: boolean }
  /** One of several is looked at: the page has a list to choose from, paper has them one after another. */
  | {
      readonly kind: 'choice';
      readonly id: string;
      readonly label: string;
      readonly options: readonly ChoiceOption[];
      /** On paper the first so many are drawn. */
      readonly printed: number;
    }
  /** Only the page has it: it needs its script. */
  | { readonly kind: 'panel'; readonly markup: Markup };

export interface ChoiceOption {
  readonly name: string;
  readonly parts: readonly ReportPart[];
}

export const text = (words: string): ReportPart => ({ kind: 'text', text: words });
export const note = (words: string): ReportPart => ({ kind: 'text', text: words, muted: true });
export const heading = (words: string): ReportPart => ({ kind: 'heading', text: words });
export const list = (items: readonly string[]): ReportPart => ({ kind: 'list', items });
export const table = (one: ReportTable): ReportPart => ({ kind: 'table', table: one });
export const folded = (one: ReportTable): ReportPart => ({ kind: 'table', table: one, folded: true });
export const figures = (...all: readonly (Figure | null)[]): ReportPart => ({
  kind: 'figures',
  figures: all.filter((one) => one !== null),
});
export const wideFigure = (one: Figure): ReportPart => ({ kind: 'figures', figures: [one], wide: true });

/** Without what is null or holds nothing. */
export function partsOf(...parts: readonly (ReportPart | null)[]): ReportPart[] {
  return parts.filter((part) => part !== null).filter((part) => !isEmpty(part));
}

function isEmpty(part: ReportPart): boolean {
  switch (part.kind) {
    case 'list':
    case 'warnings':
      return part.items.length === 0;
    case 'table':
      return part.table.rows.length === 0;
    case 'figures':
      return part.figures.length === 0;
    case 'choice':
      return part.options.length === 0;
    default:
      return false;
  }
}
