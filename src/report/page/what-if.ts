/** Scores one row in the page by the forest of the data block: WhatIf of explanation-data.ts says its layout. */
interface WhatIfForest {
  readonly columns: readonly { readonly name: string; readonly categories?: readonly string[] }[];
  readonly intercept: number;
  readonly tree_start: readonly number[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly missing_left: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
  readonly sets: readonly (readonly number[])[];
  readonly starts: readonly { readonly cells: readonly (number | null)[]; readonly probability: number }[];
}

/** The probability of a row: NaN is missing, −1 a category that is not in the list. */
function scoreForest(forest: WhatIfForest, cells: readonly number[]): number {
  let sum = forest.intercept;
  for (let tree = 0; tree + 1 < forest.tree_start.length; tree++) {
    let node = forest.tree_start[tree];
    while (forest.feature[node] >= 0) {
      const column = forest.feature[node];
      const cell = cells[column];
      const left = Number.isNaN(cell)
        ? forest.missing_left[node] === 1
        : forest.columns[column].categories === undefined
          ? cell <= forest.threshold[node]
          : forest.sets[forest.threshold[node]].includes(cell);
      node = left ? forest.left[node] : forest.right[node];
    }
    sum += forest.value[node];
  }
  return 1 / (1 + Math.exp(-sum));
}

function startWhatIf(): void {
  const panel = document.getElementById('what-if-panel');
  const forest = dataOf<WhatIfForest>('what-if-data');
  if (panel === null || forest === null) return;
  const start = byId('what-if-start', HTMLSelectElement);
  const fields = forest.columns.map((_, i) =>
    panel.querySelector<HTMLInputElement | HTMLSelectElement>(`[data-column="${i}"]`),
  );
  const base = () =>
    forest.starts[start?.selectedIndex ?? 0] ?? { cells: forest.columns.map(() => null), probability: Number.NaN };
  /** A column without a field keeps the cell of the row that was started from. */
  const cells = () =>
    fields.map((field, i) => {
      if (field === null) return base().cells[i] ?? Number.NaN;
      return field.value === '' ? Number.NaN : Number(field.value);
    });
  const show = () => {
    const now = scoreForest(forest, cells());
    const before = scoreForest(
      forest,
      base().cells.map((cell) => cell ?? Number.NaN),
    );
    say(panel, 'what-if-now', percentWords(now));
    say(panel, 'what-if-before', percentWords(before));
    say(panel, 'what-if-change', Math.abs(now - before) < 5e-7 ? 'no change' : pointsWords(now - before));
    say(panel, 'what-if-model', percentWords(base().probability));
    panel.querySelector<HTMLElement>('.meter > span')?.style.setProperty('width', `${(now * 100).toFixed(2)}%`);
    fields.forEach((field, i) => {
      field?.closest('.field')?.classList.toggle('changed', !Object.is(cells()[i], base().cells[i] ?? Number.NaN));
    });
  };
  const reset = () => {
    fields.forEach((field, i) => {
      const cell = base().cells[i];
      if (field !== null) field.value = cell === null || cell === undefined ? '' : String(cell);
    });
    show();
  };
  start?.addEventListener('change', reset);
  byId('what-if-reset', HTMLButtonElement)?.addEventListener('click', reset);
  for (const field of fields) field?.addEventListener('input', show);
  reset();
}
