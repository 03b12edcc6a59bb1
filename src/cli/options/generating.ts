/** The synthetic shop. */
import { integer, text } from '../option-kinds.js';
import { define } from './define.js';

export const GENERATING_OPTIONS = {
  events: define(integer({ min: 1, max: 1e11 }), {
    name: 'events',
    verbs: ['generate'],
    help: 'how many synthetic events to make',
    default: 1_000_000,
  }),
  days: define(integer({ min: 1, max: 3650 }), {
    name: 'days',
    verbs: ['generate'],
    help: 'over about how many days they spread, from 2024-01-01',
    default: 30,
  }),
  truth: define(text('<file>'), {
    name: 'truth',
    verbs: ['generate'],
    help: 'a CSV to write with the true purchase probability of each decision moment, by source_row',
    defaultText: '',
  }),
} as const;
