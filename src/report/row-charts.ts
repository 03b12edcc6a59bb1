/** One row's reasons: the waterfall and LIME beside SHAP; and many rows' way to their probability. */
import * as Plot from '@observablehq/plot';
import type { Decision, LimeExplanation, RowExplanation } from '../explain/explanation-data.js';
import { drawPlot, fontOf, labelRoom } from './draw-plot.js';
import { fitLabel, textRoom } from './fit-label.js';
import type { Markup } from './markup.js';
import { numberText, pointsText } from './number-text.js';
import { fixed, type PathSpec, pathsMark, tippedPath } from './paths-mark.js';

const STEPS = 14;
const WIDTH = 520;
const MARGIN = 220;
const percentTick = (share: number) => numberText(share, 'percent').replace(/\.0+%$/, '%');

interface Step {
  readonly label: string;
  /** Short enough for the axis, with room for the value. */
  readonly short: string;
  readonly from: number;
  readonly to: number;
  readonly feature?: string;
}

/** From the base, feature by feature, to the row's probability; the strongest first, what is left in one step. */
export function waterfallSteps({ base, contributions, rest }: RowExplanation): Step[] {
  const shown = contributions.slice(0, STEPS);
  const left = contributions.slice(STEPS);
  const leftPoints = left.reduce((sum, one) => sum + one.points, rest.points);
  let at = base;
  const step = (label: string, short: string, points: number, feature?: string): Step => {
    const from = at;
    at += points;
    return { label, short, from, to: at, ...(feature === undefined ? {} : { feature }) };
  };
  const steps = shown.map((one) => {
    const room = labelRoom(MARGIN);
    const value = ` = ${fitLabel(one.shown, room * 0.4, fontOf(WIDTH))}`;
    const short = fitLabel(one.feature, room - textRoom(value, fontOf(WIDTH)), fontOf(WIDTH)) + value;
    return step(`${one.feature} = ${one.shown}`, short, one.points, one.feature);
  });
  const others = left.length + rest.features;
  if (others > 0) steps.push(step(`${others} other features`, `${others} other features`, leftPoints));
  return steps;
}

export function waterfallChart(row: RowExplanation, id: string): Markup {
  const steps = waterfallSteps(row);
  const ends = [row.base, row.probability, ...steps.flatMap(({ from, to }) => [from, to])];
  const span = Math.max(...ends) - Math.min(...ends) || 0.01;
  const tip = ({ label, from, to }: Step) =>
    `${label}: ${pointsText(to - from)}, now ${numberText(clampShare(to), 'percent')}`;
  return drawPlot(
    {
      id,
      title: `From the base to ${numberText(row.probability, 'percent')}`,
      description: `The base is ${numberText(row.base, 'percent')}. ${steps.map(tip).join('; ')}.`,
    },
    {
      width: WIDTH,
      height: 70 + 25 * Math.max(1, steps.length),
      marginLeft: MARGIN,
      marginRight: 30,
      x: {
        domain: [Math.min(...ends) - 0.1 * span, Math.max(...ends) + 0.14 * span],
        label: 'Probability →',
        tickFormat: percentTick,
        grid: true,
        ticks: 4,
      },
      y: {
        type: 'band',
        domain: steps.map((_, i) => i),
        padding: 0.22,
        label: null,
        tickSize: 0,
        tickFormat: (i: number) => steps[i].short,
      },
      marks: [
        Plot.ruleX([row.base], { stroke: 'var(--muted)', strokeDasharray: '2 3' }),
        Plot.ruleX([row.probability], { stroke: 'var(--ink)', strokeDasharray: '4 3' }),
        pathsMark(({ x, y, band, left, right }) =>
          steps.flatMap((one, i): PathSpec[] => {
            const next = i + 1 < steps.length ? `M${fixed(x(one.to))},${fixed(y(i))}V${fixed(y(i + 1) + band)}` : '';
            return [
              { d: next, fill: 'none', stroke: 'var(--muted)', width: 0.8 },
              { d: arrow(x(one.from), x(one.to), y(i), band), fill: one.to < one.from ? 'var(--down)' : 'var(--up)' },
              tippedPath(`M${left},${fixed(y(i))}H${right}v${fixed(band)}H${left}z`, tip(one), one),
            ];
          }),
        ),
        Plot.text(steps, {
          x: (one: Step) => Math.max(one.from, one.to),
          y: (_: Step, i: number) => i,
          text: (one: Step) => pointsText(one.to - one.from).replace(' points', ''),
          dx: 6,
          textAnchor: 'start',
          fill: 'currentColor',
          // A rim keeps the number readable where a line runs behind it.
          stroke: 'var(--card)',
          strokeWidth: 4,
        }),
      ],
    },
  );
}

const clampShare = (share: number) => Math.min(1, Math.max(0, share));

/** A bar with a point in its direction; short ones are all point. */
function arrow(from: number, to: number, top: number, height: number): string {
  const way = Math.sign(to - from);
  const head = Math.min(5, Math.abs(to - from)) * way;
  const neck = to - head;
  return `M${fixed(from)},${fixed(top)}H${fixed(neck)}L${fixed(to)},${fixed(top + height / 2)}L${fixed(neck)},${fixed(top + height)}H${fixed(from)}z`;
}

/** LIME's local weights and SHAP's points of the same features, one above the other. */
export function limeChart(lime: LimeExplanation, row: RowExplanation, id: string): Markup {
  const points = new Map(row.contributions.map((one) => [one.feature, one.points]));
  const terms = lime.terms.slice(0, 12).map((term) => ({ ...term, shap: points.get(term.feature) ?? null }));
  const ends = [0, ...terms.flatMap(({ weight, shap }) => [weight, shap ?? 0])];
  const span = Math.max(...ends) - Math.min(...ends) || 0.01;
  const tip = ({ condition, weight, shap }: (typeof terms)[number]) =>
    `${condition}: LIME ${pointsText(weight)}, SHAP ${shap === null ? 'among the others' : pointsText(shap)}`;
  return drawPlot(
    { id, title: 'LIME beside SHAP', description: `${terms.map(tip).join('; ')}.` },
    {
      width: WIDTH,
      height: 70 + 30 * Math.max(1, terms.length),
      marginLeft: MARGIN,
      marginRight: 30,
      x: {
        domain: [Math.min(...ends) - 0.05 * span, Math.max(...ends) + 0.05 * span],
        label: 'Points →',
        tickFormat: (v: number) => pointsText(v, 'axis'),
        grid: true,
        ticks: 6,
      },
      y: {
        type: 'band',
        domain: terms.map((_, i) => i),
        padding: 0.2,
        label: null,
        tickSize: 0,
        tickFormat: (i: number) => terms[i].condition,
      },
      marks: [
        Plot.ruleX([0], { stroke: 'var(--muted)' }),
        pathsMark(({ x, y, band, left, right }) =>
          terms.flatMap((term, i): PathSpec[] => {
            const bar = (value: number, top: number) =>
              `M${fixed(x(0))},${fixed(top)}H${fixed(x(value))}v${fixed(band / 2 - 1)}H${fixed(x(0))}z`;
            return [
              { d: bar(term.weight, y(i)), fill: 'var(--series-1)' },
              { d: term.shap === null ? '' : bar(term.shap, y(i) + band / 2), fill: 'var(--series-2)' },
              tippedPath(`M${left},${fixed(y(i))}H${right}v${fixed(band)}H${left}z`, tip(term), term),
            ];
          }),
        ),
      ],
    },
  );
}

/** Each line is a row, from the base at the bottom to its probability at the top. */
export function decisionChart({ features, rows }: Decision, base: number): Markup {
  const names = [...features, 'all other features'];
  const paths = rows.map(({ points, rest }) => {
    const values = [base, base + rest];
    for (let i = features.length - 1; i >= 0; i--) values.push(values[values.length - 1] + points[i]);
    return values;
  });
  const ends = paths.flat();
  const known = rows.some(({ label }) => label !== null);
  return drawPlot(
    {
      id: 'decision',
      title: 'From the base to the probability of many rows',
      description: `${rows.length} rows; from the base of ${numberText(base, 'percent')} they end between ${numberText(Math.min(...rows.map((r) => r.probability)), 'percent')} and ${numberText(Math.max(...rows.map((r) => r.probability)), 'percent')}.`,
    },
    {
      width: 960,
      height: 76 + 26 * names.length,
      marginLeft: 230,
      marginRight: 24,
      x: {
        domain: [Math.min(base, ...ends), Math.max(base, ...ends)],
        nice: true,
        label: 'Probability →',
        tickFormat: percentTick,
        grid: true,
        ticks: 8,
      },
      y: {
        type: 'band',
        domain: names.map((_, i) => i),
        label: null,
        tickSize: 0,
        tickFormat: (i: number) => names[i],
      },
      marks: [
        Plot.ruleX([base], { stroke: 'var(--muted)', strokeDasharray: '2 3' }),
        pathsMark(({ x, y, band }) => {
          const level = (step: number) => (step === 0 ? y(names.length - 1) + band : y(names.length - step));
          return paths.map((values, row) => ({
            d: values
              .map((value, step) => `${step === 0 ? 'M' : 'L'}${fixed(x(value))},${fixed(level(step))}`)
              .join(''),
            fill: 'none',
            stroke: !known ? 'var(--accent)' : rows[row].label === 1 ? 'var(--up)' : 'var(--down)',
            width: 1.3,
            opacity: 0.6,
            tip: `${numberText(rows[row].probability, 'percent')}${rows[row].label === null ? '' : rows[row].label === 1 ? ', a positive' : ', not a positive'}`,
          }));
        }),
      ],
    },
  );
}
