/** The confusion at the threshold of a slider, and a mark at the same threshold on the curves. */
interface ConfusionData {
  readonly positives: number;
  readonly negatives: number;
  /** Falling thresholds: threshold, true positives, false positives. */
  readonly points: readonly (readonly [number, number, number])[];
}

function startConfusion(): void {
  const panel = document.getElementById('threshold-panel');
  const range = byId('threshold-range', HTMLInputElement);
  const data = dataOf<ConfusionData>('threshold-data');
  if (panel === null || range === null || data === null) return;
  const { positives, negatives, points } = data;
  const all = positives + negatives;
  const marks = [
    markOn('roc', ([, tp, fp]) => [fp / negatives, tp / positives]),
    markOn('precision-recall', ([, tp, fp]) => [tp / positives, tp / (tp + fp)]),
    markOn('gain', ([, tp, fp]) => [(tp + fp) / all, tp / positives]),
    markOn('lift', ([, tp, fp]) => [(tp + fp) / all, (tp / (tp + fp)) * (all / positives)]),
  ];
  const show = () => {
    // To the right is a higher threshold.
    const point = points[points.length - 1 - Number(range.value)];
    const [threshold, tp, fp] = point;
    const precision = percentWords(tp / (tp + fp));
    const recall = percentWords(tp / positives);
    const facts: Record<string, string> = {
      tp: numberWords(tp),
      fn: numberWords(positives - tp),
      fp: numberWords(fp),
      tn: numberWords(negatives - fp),
      precision,
      recall,
      specificity: percentWords((negatives - fp) / negatives),
      f1: ((2 * tp) / (tp + fp + positives)).toFixed(4),
      lift: numberWords((tp / (tp + fp)) * (all / positives)),
      called: percentWords((tp + fp) / all),
    };
    for (const [fact, text] of Object.entries(facts)) say(panel, fact, text);
    const value = byId('threshold-value', HTMLOutputElement);
    if (value !== null) value.textContent = percentWords(threshold);
    range.setAttribute('aria-valuetext', `${percentWords(threshold)}: precision ${precision}, recall ${recall}`);
    for (const mark of marks) mark(point);
  };
  range.addEventListener('input', show);
  show();
}

type CurvePoint = readonly [number, number, number];

/** Draws a ring on a chart where `place` says, in the chart's own units; charts without linear axes get none. */
function markOn(id: string, place: (point: CurvePoint) => readonly [number, number]): (point: CurvePoint) => void {
  const chart = document.getElementById(`${id}-title`)?.closest('svg');
  const axes = ['x', 'y'].map((axis) => chart?.getAttribute(`data-${axis}`)?.split(' ').map(Number));
  const [x, y] = axes;
  if (!chart || x?.length !== 4 || y?.length !== 4) return () => {};
  const ring = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
  ring.setAttribute('r', '6');
  ring.setAttribute('class', 'ring');
  chart.append(ring);
  const at = ([from, to, start, end]: readonly number[], value: number) =>
    start + ((value - from) / (to - from)) * (end - start);
  return (point) => {
    const [a, b] = place(point);
    const drawn = Number.isFinite(a) && Number.isFinite(b);
    ring.style.display = drawn ? '' : 'none';
    if (!drawn) return;
    ring.setAttribute('cx', String(at(x, a)));
    ring.setAttribute('cy', String(at(y, b)));
  };
}
