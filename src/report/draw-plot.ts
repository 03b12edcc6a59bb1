/**
 * One chart as an SVG text, drawn by Observable Plot in linkedom's document. Colours stay CSS variables, so that one SVG serves
 * light and dark; Plot and linkedom were taken over ECharts' server-side SVG for that and for a seventh of its size.
 */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { fitLabel } from './fit-label.js';
import { escapeHtml, Markup } from './markup.js';

/** What a screen reader says instead of the picture. */
export interface ChartText {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Font sizes of charts at their largest, on a phone: page-style.ts has them. */
const FONT = { chart: 14, broad: 13 } as const;
const TICK = 12;
const NARROW = 640;

/** Pixels that a row's name has left of the axis. */
export const labelRoom = (marginLeft: number): number => marginLeft - TICK;
export const fontOf = (width: number): number => (width > NARROW ? FONT.broad : FONT.chart);

/** Names of rows are cut to the margin they stand in; an axis of numbers has a title and is left as it is. */
function fittedNames({ y, marginLeft, width = NARROW }: Plot.PlotOptions): Plot.PlotOptions['y'] {
  const format = y?.tickFormat;
  if (y === undefined || y.label !== null || typeof format !== 'function' || marginLeft === undefined) return y;
  const say = format as (value: unknown, i: number) => string;
  return {
    ...y,
    tickFormat: (value: unknown, i: number) => fitLabel(say(value, i), labelRoom(marginLeft), fontOf(width)),
  };
}

/** The same input gives the same bytes. */
export function drawPlot(text: ChartText, options: Plot.PlotOptions): Markup {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = Plot.plot({
    marginTop: options.y?.label === null ? 10 : 24,
    marginRight: 16,
    marginBottom: 40,
    ...options,
    y: fittedNames(options),
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
    className: 'chart',
  }) as unknown as { outerHTML: string; scale(name: 'x' | 'y'): DrawnScale | undefined };
  const axes = (['x', 'y'] as const).map((name) => axisAttribute(name, figure.scale(name))).join('');
  const drawn = figure.outerHTML
    .replace(/<style>.*?<\/style>/s, '')
    // Plot names its groups; the picture has its own name, and a group without a role may have none.
    .replace(/(<g[^>]*) aria-label="[^"]*"/g, '$1')
    // linkedom leaves "<" in attributes as HTML allows; escaped it also survives readers that are not browsers.
    .replace(/="[^"]*"/g, (attribute) => attribute.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))
    .replace(/<svg[^>]*>/, (tag) => openingTag(tag, text, axes, options));
  return new Markup(roundCoordinates(drawn));
}

interface DrawnScale {
  readonly type: string;
  readonly domain: readonly number[];
  readonly range: readonly number[];
}

/** Where the page's script finds a value on a linear axis: domain, then range. */
function axisAttribute(name: string, scale: DrawnScale | undefined): string {
  if (scale?.type !== 'linear') return '';
  return ` data-${name}="${[...scale.domain, ...scale.range].map((value) => Number(value.toPrecision(6))).join(' ')}"`;
}

function openingTag(
  tag: string,
  { id, title, description }: ChartText,
  axes: string,
  options: Plot.PlotOptions,
): string {
  const box = /viewBox="[^"]*"/.exec(tag)?.[0] ?? '';
  return (
    `<svg class="${(options.width ?? NARROW) > NARROW ? 'chart broad' : 'chart'}" ${box}${axes} role="img" aria-labelledby="${id}-title ${id}-desc" fill="currentColor" text-anchor="middle">` +
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
