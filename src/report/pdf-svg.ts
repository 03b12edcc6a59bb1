/** The plots' SVG as PDF vectors: the elements and attributes that draw-plot.ts writes, and no other SVG. */
import { parseHTML } from 'linkedom';
import type { Markup } from './markup.js';
import { printColour } from './page-style.js';
import type { PdfPages } from './pdf-pages.js';

interface Paint {
  readonly fill: string | null;
  readonly stroke: string | null;
  readonly strokeWidth: number;
  readonly dash: readonly number[] | null;
  readonly round: boolean;
  readonly opacity: number;
  readonly fillOpacity: number;
  readonly strokeOpacity: number;
  readonly fontSize: number;
  readonly anchor: string;
  /** Units from the picture's left edge to this element's origin. */
  readonly left: number;
}

interface SvgElement {
  readonly localName: string;
  readonly textContent: string | null;
  readonly children: Iterable<SvgElement>;
  getAttribute(name: string): string | null;
  querySelector(name: string): SvgElement | null;
}

export interface DrawnSvg {
  readonly root: SvgElement;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
}

export function readSvg({ text }: Markup): DrawnSvg {
  const root = parseHTML(`<!doctype html><html><body>${text}</body></html>`).document.querySelector(
    'svg',
  ) as unknown as SvgElement;
  const [, , width, height] = (root.getAttribute('viewBox') ?? '0 0 640 400').split(' ').map(Number);
  return {
    root,
    width,
    height,
    title: root.querySelector('title')?.textContent ?? '',
    description: root.querySelector('desc')?.textContent ?? '',
  };
}

const START: Paint = {
  fill: 'var(--ink)',
  stroke: null,
  strokeWidth: 1,
  dash: null,
  round: false,
  opacity: 1,
  fillOpacity: 1,
  strokeOpacity: 1,
  fontSize: 12.5,
  anchor: 'middle',
  left: 0,
};

/** Draws with the upper left corner at (x, y), scaled to `width` points. */
export function drawSvg(pages: PdfPages, { root, width }: DrawnSvg, x: number, y: number, drawn: number): void {
  const { doc } = pages;
  doc.save();
  doc.translate(x, y).scale(drawn / width);
  for (const child of root.children) drawElement(pages, child, START);
  doc.restore();
}

function drawElement(pages: PdfPages, element: SvgElement, outer: Paint): void {
  const { doc } = pages;
  const paint = paintOf(element, outer);
  const number = (name: string) => Number(element.getAttribute(name) ?? 0);
  const moved = transformsOf(element);
  if (moved.length > 0) doc.save();
  for (const [name, a, b] of moved) {
    if (name === 'translate') doc.translate(a, b);
    else doc.rotate(a);
  }
  switch (element.localName) {
    case 'g':
      for (const child of element.children) drawElement(pages, child, paint);
      break;
    case 'path':
      drawShape(pages, paint, () => doc.path(element.getAttribute('d') ?? ''));
      break;
    case 'line':
      drawShape(pages, paint, () => doc.moveTo(number('x1'), number('y1')).lineTo(number('x2'), number('y2')));
      break;
    case 'rect':
      drawShape(pages, paint, () => doc.rect(number('x'), number('y'), number('width'), number('height')));
      break;
    case 'circle':
      drawShape(pages, paint, () => doc.circle(number('cx'), number('cy'), number('r')));
      break;
    case 'text':
      drawText(pages, element, paint);
      break;
    default:
      break;
  }
  if (moved.length > 0) doc.restore();
}

function paintOf(element: SvgElement, outer: Paint): Paint {
  const value = (name: string) => element.getAttribute(name);
  const size = (name: string, otherwise: number) => {
    const found = Number.parseFloat(value(name) ?? '');
    return Number.isFinite(found) ? found : otherwise;
  };
  const colour = (name: 'fill' | 'stroke') => {
    const found = value(name);
    if (found === null) return outer[name];
    return found === 'none' || found === 'transparent' ? null : found;
  };
  const dash = value('stroke-dasharray');
  return {
    fill: colour('fill'),
    stroke: colour('stroke'),
    strokeWidth: size('stroke-width', outer.strokeWidth),
    dash: dash === null ? outer.dash : dash === 'none' ? null : dash.split(/[ ,]+/).map(Number),
    round: value('stroke-linecap') === null ? outer.round : value('stroke-linecap') === 'round',
    // Groups are not drawn as one: their opacity is each child's.
    opacity: outer.opacity * size('opacity', 1),
    fillOpacity: size('fill-opacity', outer.fillOpacity),
    strokeOpacity: size('stroke-opacity', outer.strokeOpacity),
    fontSize: size('font-size', outer.fontSize),
    anchor: value('text-anchor') ?? outer.anchor,
    // Turned text runs along another edge.
    left: transformsOf(element).reduce(
      (left, [name, a]) => (name === 'translate' ? left + a : Number.POSITIVE_INFINITY),
      outer.left,
    ),
  };
}

function transformsOf(element: SvgElement): (readonly [string, number, number])[] {
  const text = element.getAttribute('transform') ?? '';
  return [...text.matchAll(/(translate|rotate)\(([^)]*)\)/g)].map(([, name, values]) => {
    const [a, b = 0] = values.split(/[ ,]+/).map(Number);
    return [name, a, b] as const;
  });
}

function drawShape({ doc }: PdfPages, paint: Paint, path: () => unknown): void {
  const { fill, stroke, opacity, fillOpacity, strokeOpacity, dash } = paint;
  if (fill === null && stroke === null) return;
  doc.save();
  if (stroke !== null) {
    doc
      .lineWidth(paint.strokeWidth)
      .lineCap(paint.round ? 'round' : 'butt')
      .lineJoin('round');
    if (dash !== null) doc.dash(dash[0], { space: dash[1] ?? dash[0] });
    doc.strokeColor(printColour(stroke), opacity * strokeOpacity);
  }
  if (fill !== null) doc.fillColor(printColour(fill), opacity * fillOpacity);
  path();
  if (fill !== null && stroke !== null) doc.fillAndStroke();
  else if (fill !== null) doc.fill();
  else doc.stroke();
  doc.restore();
}

function drawText(pages: PdfPages, element: SvgElement, { fill, fontSize, anchor, opacity, left }: Paint): void {
  const text = element.textContent ?? '';
  if (text === '' || fill === null) return;
  const em = (name: string) => {
    const value = element.getAttribute(name) ?? '0';
    return Number.parseFloat(value) * (value.endsWith('em') ? fontSize : 1);
  };
  const x = em('x') + em('dx');
  // The baseline, as SVG has it.
  pages.plainText(text, x, em('y') + em('dy'), {
    size: fontSize,
    colour: printColour(fill),
    anchor,
    opacity,
    room: anchor === 'end' && left + x > 0 ? left + x : Number.POSITIVE_INFINITY,
  });
}
