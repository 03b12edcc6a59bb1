/**
 * One chart as an SVG text, drawn by Observable Plot in linkedom's document. Colours stay CSS variables, so that one SVG serves
 * light and dark; Plot and linkedom were taken over ECharts' server-side SVG for that and for a seventh of its size.
 */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeHtml, Markup } from './markup.js';

/** What a screen reader says instead of the picture. */
export interface ChartText {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** The same input gives the same bytes. */
export function drawPlot(text: ChartText, options: Plot.PlotOptions): Markup {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = Plot.plot({
    marginTop: 24,
    marginRight: 16,
    marginBottom: 40,
    ...options,
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
    className: 'chart',
  }) as unknown as { outerHTML: string };
  const drawn = figure.outerHTML
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<svg[^>]*>/, (tag) => openingTag(tag, text));
  return new Markup(roundCoordinates(drawn));
}

function openingTag(tag: string, { id, title, description }: ChartText): string {
  const box = /viewBox="[^"]*"/.exec(tag)?.[0] ?? '';
  return (
    `<svg class="chart" ${box} role="img" aria-labelledby="${id}-title ${id}-desc" fill="currentColor" text-anchor="middle">` +
    `<title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-desc">${escapeHtml(description)}</desc>`
  );
}

/** Coordinates to a hundredth of a pixel: a third of the bytes, and no trace of the last bits of a division. */
function roundCoordinates(svg: string): string {
  const attribute = /(?<= (?:d|transform|x|y|x1|x2|y1|y2|cx|cy|width|height)=")[^"<>]*(?=")/g;
  return svg.replace(attribute, (value) =>
    value.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (n) => String(Number(Number(n).toFixed(2)))),
  );
}
