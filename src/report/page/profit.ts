/** The profit at every threshold for a margin and a cost that can be typed in. */
interface ProfitData {
  /** Falling thresholds: threshold (null: nobody), rows, positives. */
  readonly points: readonly (readonly [number | null, number, number])[];
}

function startProfit(): void {
  const panel = document.getElementById('profit-panel');
  const data = dataOf<ProfitData>('profit-data');
  const inputs = ['margin', 'cost'].map((name) => byId(`profit-${name}`, HTMLInputElement));
  const line = document.getElementById('profit-line');
  if (panel === null || data === null || data.points.length === 0) return;
  const show = () => {
    const [margin, cost] = inputs.map((input) =>
      input === null || input.value === '' ? Number.NaN : Number(input.value),
    );
    const valid = margin > 0 && cost >= 0;
    say(panel, 'profit-problem', valid ? '' : 'The margin must be above 0 and the cost at least 0.');
    if (!valid) return;
    const profits = data.points.map(([, rows, positives]) => positives * margin - rows * cost);
    const best = profits.reduce((top, profit, i) => (profit > profits[top] ? i : top), 0);
    const [threshold, rows, positives] = data.points[best];
    say(
      panel,
      'profit-best',
      rows === 0 || threshold === null ? 'act on nobody' : `act from ${percentWords(threshold)}`,
    );
    say(panel, 'profit-rows', numberWords(rows));
    say(panel, 'profit-positives', numberWords(positives));
    say(panel, 'profit-amount', numberWords(profits[best], 6));
    say(panel, 'profit-all', numberWords(profits[profits.length - 1], 6));
    say(panel, 'profit-even', percentWords(Math.min(1, cost / margin)));
    if (line !== null) drawProfit(line, data, profits, best);
  };
  for (const input of inputs) input?.addEventListener('input', show);
  show();
}

/** The curve over the share of rows acted on, in a box of 640 × 220 with the zero line. */
function drawProfit(line: Element, { points }: ProfitData, profits: readonly number[], best: number): void {
  const most = points[points.length - 1][1] || 1;
  const top = Math.max(0, ...profits);
  const bottom = Math.min(0, ...profits);
  const x = (i: number) => 8 + (624 * points[i][1]) / most;
  const y = (profit: number) => 12 + (196 * (top - profit)) / (top - bottom || 1);
  line
    .querySelector('.curve')
    ?.setAttribute('d', profits.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)},${y(p).toFixed(1)}`).join(''));
  line.querySelector('.zero')?.setAttribute('d', `M8,${y(0).toFixed(1)}H632`);
  const dot = line.querySelector('circle');
  dot?.setAttribute('cx', x(best).toFixed(1));
  dot?.setAttribute('cy', y(profits[best]).toFixed(1));
}
