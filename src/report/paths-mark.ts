/** Plain paths as a mark of a plot: thousands of dots or cells in a few elements, and areas that say a value. */
import type { Markish } from '@observablehq/plot';

export interface PathSpec {
  readonly d: string;
  readonly fill: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly opacity?: number;
  readonly dash?: string;
  /** What the page says of it on hover and focus. */
  readonly tip?: string;
  /** A click shows this feature. */
  readonly feature?: string;
}

export interface PlotFrame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Height of a band of y and width of a band of x; 0 for other scales. */
  readonly band: number;
  readonly bandX: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Scale = ((value: number) => number) & { bandwidth?: () => number };

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly marginTop: number;
  readonly marginRight: number;
  readonly marginBottom: number;
  readonly marginLeft: number;
}

interface Element {
  setAttribute(name: string, value: string): void;
  append(...children: Element[]): void;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Scales need a domain of their own: this mark gives them none. */
export function pathsMark(paths: (frame: PlotFrame) => readonly PathSpec[]): Markish {
  const draw = (
    _: unknown,
    scales: { x?: Scale; y?: Scale },
    __: unknown,
    { width, height, marginTop, marginRight, marginBottom, marginLeft }: Frame,
    { document }: { document: { createElementNS(space: string, name: string): Element } },
  ) => {
    const group = document.createElementNS(SVG, 'g');
    const none = () => 0;
    const frame = {
      x: scales.x ?? none,
      y: scales.y ?? none,
      band: scales.y?.bandwidth?.() ?? 0,
      bandX: scales.x?.bandwidth?.() ?? 0,
      left: marginLeft,
      right: width - marginRight,
      top: marginTop,
      bottom: height - marginBottom,
    };
    for (const { d, fill, stroke, width: thick, opacity, dash, tip, feature } of paths(frame)) {
      const path = document.createElementNS(SVG, 'path');
      const set = (name: string, value: string | number | undefined) => {
        if (value !== undefined) path.setAttribute(name, String(value));
      };
      set('d', d);
      set('fill', fill);
      set('stroke', stroke);
      set('stroke-width', thick);
      if (stroke !== undefined) set('stroke-linecap', 'round');
      set('stroke-dasharray', dash);
      set('opacity', opacity === undefined ? undefined : Math.round(opacity * 100) / 100);
      set('data-tip', tip);
      set('data-feature', feature);
      group.append(path);
    }
    return group;
  };
  return draw as unknown as Markish;
}

/** An area that is not seen but says its value. */
export function tippedPath(d: string, tip: string, { feature }: { readonly feature?: string } = {}): PathSpec {
  const path = { d, fill: 'transparent', tip };
  return feature === undefined ? path : { ...path, feature };
}

/** A coordinate to a tenth of a pixel. */
export const fixed = (value: number): string => String(Math.round(value * 10) / 10);
