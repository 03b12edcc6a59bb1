/** Draws series of points as an SVG document on logarithmic axes, each line with its name at its last point. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/**
 * `points` have the fields `x`, `y` (positive) and `series`; `title` is the text read to those who do not see the picture.
 * @returns {string} the SVG document's text
 */
export function lineChart(points, { title, x, y }) {
  const { document } = parseHTML('<!DOCTYPE html><html><body></body></html>');
  const series = { x: 'x', y: 'y', stroke: 'series' };
  const figure = Plot.plot({
    document,
    marginLeft: 60,
    marginRight: 180,
    width: 760,
    x: { type: 'log', label: x },
    y: { type: 'log', label: y, tickFormat: '~s' },
    symbol: { legend: false },
    marks: [
      Plot.line(points, series),
      Plot.dot(points, { ...series, fill: 'series' }),
      Plot.text(points, Plot.selectLast({ x: 'x', y: 'y', z: 'series', text: 'series', dx: 8, textAnchor: 'start' })),
    ],
  });
  figure.querySelector('style')?.remove();
  figure.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const name = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  name.textContent = title;
  figure.prepend(name);
  return `${figure.outerHTML}\n`;
}
