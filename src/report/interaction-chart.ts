/** What two features do together beyond what each does alone, by their values. */
import * as Plot from '@observablehq/plot';
import type { InteractionPair } from '../explain/explanation-data.js';
import { drawPlot } from './draw-plot.js';
import { fitLabel } from './fit-label.js';
import type { Markup } from './markup.js';
import { numberText, pointsText, shorten } from './number-text.js';
import { fixed, pathsMark } from './paths-mark.js';

interface Cell {
  readonly i: number;
  readonly j: number;
  readonly rows: number;
  readonly points: number;
}

/** Blue lowers, red raises; the stronger the colour, the further. */
export function interactionChart(
  pair: InteractionPair & { readonly grid: NonNullable<InteractionPair['grid']> },
  id: string,
): Markup {
  const { a, b, grid } = pair;
  const strongest = Math.max(1e-12, ...grid.cells.map(([, , , points]) => Math.abs(points)));
  const cells = grid.cells.map(([i, j, rows, points]): Cell => ({ i, j, rows, points }));
  const tip = ({ i, j, rows, points }: Cell) =>
    `${a} ${grid.a[i].label} and ${b} ${grid.b[j].label}: ${pointsText(points)} beyond what each does alone, ${numberText(rows, 'integer')} rows`;
  return drawPlot(
    {
      id,
      title: `${a} and ${b} together`,
      description: `Strongest: ${[...cells]
        .sort((p, q) => Math.abs(q.points) - Math.abs(p.points))
        .slice(0, 3)
        .map(tip)
        .join('; ')}.`,
    },
    {
      width: 480,
      height: 130 + 26 * grid.b.length,
      marginLeft: 120,
      marginBottom: 84,
      marginRight: 20,
      x: {
        type: 'band',
        domain: grid.a.map((_, i) => i),
        label: `${shorten(a, 34)} →`,
        labelOffset: 78,
        tickSize: 0,
        tickRotate: -40,
        tickFormat: (i: number) => fitLabel(grid.a[i].label, 96, 14),
      },
      y: {
        type: 'band',
        domain: grid.b.map((_, j) => grid.b.length - 1 - j),
        label: `↑ ${shorten(b, 34)}`,
        tickSize: 0,
        tickFormat: (j: number) => fitLabel(grid.b[j].label, 84, 14),
      },
      marks: [
        pathsMark(({ x, y, band, bandX }) =>
          cells.map((cell) => ({
            d: `M${fixed(x(cell.i))},${fixed(y(cell.j))}h${fixed(bandX)}v${fixed(band)}h${fixed(-bandX)}z`,
            fill: cell.points < 0 ? 'var(--down)' : 'var(--up)',
            opacity: 0.05 + 0.5 * (Math.abs(cell.points) / strongest),
            tip: tip(cell),
          })),
        ),
        // Only what stands out, and where a cell has room for it.
        Plot.text(grid.a.length > 8 ? [] : cells.filter(({ points }) => Math.abs(points) > 0.2 * strongest), {
          x: 'i',
          y: 'j',
          text: (cell: Cell) => pointsText(Number(cell.points.toPrecision(2)), 'axis'),
          fontSize: 10,
        }),
      ],
    },
  );
}
