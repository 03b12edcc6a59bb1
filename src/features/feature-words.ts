/**
 * A feature's value in words: "viewed this product 4 times before in this session". Catalogue features have templates of their own,
 * or their unit's; a table's columns get a plain one. It judges nothing: how much the value counts is said beside it.
 */
import { plainNumber } from '../base/plain-number.js';
import type { FeatureTemplate } from './feature-template.js';
import { FEATURE_TEMPLATES } from './feature-templates.js';

/** What words need of a feature; absent fields are those of a table's column. */
export interface WordedFeature {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  readonly unit?: string;
  readonly description?: string;
}

/** A cell as people read it: "4 events", "2 h 5 min", "12%", "samsung", "missing". `value`: a number, a category's text, or null. */
export function shownValue({ unit }: WordedFeature, value: number | string | null): string {
  if (value === null) return 'missing';
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'seconds':
      return duration(value);
    case 'share':
      return `${plainNumber(Number((value * 100).toPrecision(3)))}%`;
    case 'yes or no':
      return value === 0 ? 'no' : 'yes';
    case 'hour of the day':
      return `${plainNumber(value)}:00 UTC`;
    case 'day of the week':
      return WEEKDAYS[value - 1] ?? plainNumber(value);
    case 'events':
    case 'products':
    case 'categories':
    case 'sessions':
    case 'users':
      return `${plainNumber(value)} ${value === 1 ? SINGULAR[unit] : unit}`;
    default:
      return plainNumber(value);
  }
}

const SINGULAR = { events: 'event', products: 'product', categories: 'category', sessions: 'session', users: 'user' };
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** The value as part of a reason, without its effect. Never ends with a full stop. */
export function valueInWords(feature: WordedFeature, value: number | string | null): string {
  const known = feature.unit !== undefined && Object.hasOwn(FEATURE_TEMPLATES, feature.name);
  const template = known ? FEATURE_TEMPLATES[feature.name] : undefined;
  const text = template === undefined ? undefined : fromTemplate(template, feature, value);
  if (text !== undefined) return text;
  if (value === null) return `${feature.name} is missing`;
  return `${feature.name} is ${shownValue(feature, value)}`;
}

function fromTemplate(template: FeatureTemplate, feature: WordedFeature, value: number | string | null) {
  if (value === null) return template.missing;
  if (typeof value === 'string') return template.some.replaceAll('{value}', () => `"${value}"`);
  if (value === 0 && template.zero !== undefined) return template.zero;
  const filled: Record<string, string> = {
    value: shownValue(feature, value),
    n: plainNumber(value),
    times: value === 1 ? 'once' : value === 2 ? 'twice' : `${plainNumber(value)} times`,
    s: value === 1 ? '' : 's',
    than: comparison(value),
  };
  return template.some.replaceAll(/\{(\w+)\}/g, (whole, key) => filled[key] ?? whole);
}

/** A ratio of prices in words. */
function comparison(ratio: number): string {
  const percent = Math.round(Math.abs(ratio - 1) * 100);
  if (percent === 0) return 'the same as';
  if (ratio > 10) return `${plainNumber(Math.round(ratio))} times`;
  return `${percent}% ${ratio < 1 ? 'below' : 'above'}`;
}

/** "45 s", "3 min 20 s", "2 h 5 min", "3.4 days": two units at most. */
export function duration(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const s = Math.abs(seconds);
  if (!Number.isFinite(s)) return plainNumber(seconds);
  if (s < 60) return `${sign}${plainNumber(Number(s.toPrecision(2)))} s`;
  if (s < 3600) return `${sign}${pair(Math.floor(s / 60), 'min', Math.floor(s % 60), 's')}`;
  if (s < 86_400) return `${sign}${pair(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min')}`;
  const days = s / 86_400;
  return `${sign}${plainNumber(Number(days.toFixed(days < 10 ? 1 : 0)))} day${days.toFixed(1) === '1.0' ? '' : 's'}`;
}

function pair(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}
