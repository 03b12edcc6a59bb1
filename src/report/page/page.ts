/**
 * What the files of this folder share. They are scripts, not modules: the page inlines them one after another in one function.
 * They find everything by id or class, write text alone (never markup), and leave the page as it is where something is missing.
 */
/** An element of the page by id, of the type asked for. */
function byId<E extends Element>(id: string, type: { new (): E }): E | null {
  const found = document.getElementById(id);
  return found instanceof type ? found : null;
}

/** The value of a data block; null when the page has none. */
function dataOf<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}

/** Writes into every element of `root` with this data-fact. */
function say(root: ParentNode, fact: string, text: string): void {
  for (const one of root.querySelectorAll(`[data-fact="${fact}"]`)) one.textContent = text;
}

/** Numbers as the drawn report writes them. */
function numberWords(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '–';
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  const text = Number.isInteger(size) ? String(size) : String(Number(size.toPrecision(digits)));
  const [whole, fraction] = text.split('.');
  const spaced = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole;
  return sign + (fraction === undefined ? spaced : `${spaced}.${fraction}`);
}

function percentWords(share: number): string {
  if (!Number.isFinite(share)) return '–';
  const percent = Math.abs(share * 100);
  const text =
    percent >= 99.95 || percent === 0
      ? String(Number(percent.toFixed(1)))
      : percent >= 10
        ? percent.toFixed(1)
        : percent >= 0.1
          ? percent.toFixed(2)
          : percent.toPrecision(1);
  return `${share < 0 ? '−' : ''}${text}%`;
}

/** "+1.20 points" */
function pointsWords(points: number): string {
  const size = Math.abs(points * 100);
  return `${points < 0 ? '−' : '+'}${size >= 10 ? size.toFixed(1) : size.toFixed(2)} points`;
}
