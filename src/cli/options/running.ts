/** What every command, or most, take: seeds, threads, words. */
import { integer, onOff, text } from '../option-kinds.js';
import { ALL, define, INGEST } from './define.js';

export const RUNNING_OPTIONS = {
  rejects: define(text('<file>'), {
    name: 'rejects',
    verbs: [INGEST],
    help: 'where rejected rows go, with line, column, reason and their bytes',
    default: 'reports/store/rejects.csv',
  }),
  seed: define(integer({ min: 0 }), {
    name: 'seed',
    verbs: ALL,
    general: true,
    help: 'the same seed gives the same bytes, whatever --threads says',
    default: 1,
  }),
  threads: define(integer({ min: 1, max: 256 }), {
    name: 'threads',
    verbs: ALL,
    general: true,
    help: 'threads to work with',
    defaultText: 'all cores',
  }),
  config: define(text('<file>'), {
    name: 'config',
    verbs: ALL,
    general: true,
    inConfig: false,
    help: 'the config file',
    defaultText: 'ecomml.config.json, if it is there',
  }),
  json: define(onOff(), {
    name: 'json',
    verbs: ALL,
    general: true,
    help: 'print the result as exactly one JSON document on stdout',
    default: false,
  }),
  quiet: define(onOff(), {
    name: 'quiet',
    verbs: ALL,
    general: true,
    help: 'print errors only (and the JSON document with --json)',
    default: false,
  }),
  color: define(onOff(), {
    name: 'color',
    verbs: ALL,
    general: true,
    help: 'write in colour; NO_COLOR and FORCE_COLOR are obeyed too',
    flagHelp: 'write without colour; NO_COLOR and FORCE_COLOR are obeyed too',
    defaultText: 'on a terminal',
  }),
  debug: define(onOff(), {
    name: 'debug',
    verbs: ALL,
    general: true,
    help: 'show the stack of an error',
    default: false,
  }),
} as const;
