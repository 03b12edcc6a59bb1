/** Draws series of points as an SVG document on logarithmic axes, each line with its name at its last point. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Room for the names of lines, and between two of them, in pixels. */
const LABEL_WIDTH = 180;
const LINE = 13;

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
    marginRight: LABEL_WIDTH,
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
  spreadLabels(figure);
  figure.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const name = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  name.textContent = title;
  figure.prepend(name);
  return `${figure.outerHTML}\n`;
}

/** Moves the names of lines that end close to each other apart; each stays as near to its line's end as the others let it. */
export function spreadLabels(figure) {
  const labels = [...figure.querySelectorAll('[aria-label="text"] > text')]
    .map((text) => ({
      text,
      at: text
        .getAttribute('transform')
        .match(/[-\d.]+/g)
        .map(Number),
    }))
    .sort((a, b) => a.at[1] - b.at[1]);
  labels.forEach(({ text, at }, i) => {
    for (const { at: above } of labels.slice(0, i))
      if (Math.abs(above[0] - at[0]) < LABEL_WIDTH) at[1] = Math.max(at[1], above[1] + LINE);
    text.setAttribute('transform', `translate(${at[0]},${at[1]})`);
  });
}
