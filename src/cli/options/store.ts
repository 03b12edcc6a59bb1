/** The feature store: what is kept, asked for and followed. */
import { names, pairs } from '../composite-kinds.js';
import { duration, durationFromZero, integer, onOff, text } from '../option-kinds.js';
import { moment } from '../reading-kinds.js';
import { define, INGEST } from './define.js';

export const STORE_OPTIONS = {
  online: define(text('<place>'), {
    name: 'online',
    verbs: [INGEST],
    help: 'the online store: a folder, or a Redis as redis://[user:password@]host:port/number',
    default: 'reports/store/online',
  }),
  onlineAsked: define(text('<place>'), {
    name: 'online',
    verbs: ['store get', 'store skew'],
    help: 'an online store, a folder or redis://…: get reads one moment from it, skew compares its states',
    defaultText: '',
  }),
  store: define(text('<folder>'), {
    name: 'store',
    verbs: ['store materialize', 'store get', 'store list', 'store diff', 'store skew'],
    help: 'the folder of the feature store',
    default: 'reports/store/features',
  }),
  rebuild: define(onOff(), {
    name: 'rebuild',
    verbs: ['store materialize'],
    inConfig: false,
    help: 'make all features anew from all stored events',
    default: false,
  }),
  owner: define(pairs('<name=owner>', 'name=owner, as in price=pricing'), {
    name: 'owner',
    verbs: ['store materialize'],
    help: 'who answers for a feature, a family of features or all of them, as in price=pricing; repeatable',
    default: {},
    defaultText: 'as before, at first all=ecomml',
  }),
  materialisation: define(text('<name>'), {
    name: 'materialisation',
    verbs: ['store get', 'store list', 'store skew'],
    help: 'which state of the store: latest, previous, or the first digits of a name that list shows',
    default: 'latest',
  }),
  diffFrom: define(text('<name>'), {
    name: 'from',
    verbs: ['store diff'],
    help: 'the earlier one: previous, latest, the first digits of a name, or the folder of another store',
    default: 'previous',
  }),
  diffTo: define(text('<name>'), {
    name: 'to',
    verbs: ['store diff'],
    help: 'the later one, in the same words',
    default: 'latest',
  }),
  user: define(text('<id>'), {
    name: 'user',
    verbs: ['store get'],
    help: 'the user of one moment to get',
    defaultText: '',
  }),
  product: define(text('<id>'), {
    name: 'product',
    verbs: ['store get'],
    help: 'the product of one moment to get',
    defaultText: '',
  }),
  session: define(text('<id>'), {
    name: 'session',
    verbs: ['store get'],
    help: 'the session of one moment to get',
    defaultText: 'a session that begins with it',
  }),
  at: define(moment(), {
    name: 'at',
    verbs: ['store get'],
    help: 'the instant of one moment to get, as in 2024-05-01T12:00:00Z',
    defaultText: 'right after the latest event',
  }),
  since: define(moment(), {
    name: 'since',
    verbs: ['store get'],
    help: 'stored rows from this instant on',
    defaultText: '',
  }),
  until: define(moment(), {
    name: 'until',
    verbs: ['store get'],
    help: 'stored rows before this instant',
    defaultText: '',
  }),
  wantedFeatures: define(names('<features>'), {
    name: 'features',
    verbs: ['store get'],
    help: 'the features to get, in their order',
    default: [] as readonly string[],
    defaultText: 'all',
  }),
  wantedModel: define(text('<bundle>'), {
    name: 'model',
    verbs: ['store get'],
    help: 'get the features of this bundle, refused if the store defines one of them otherwise',
    defaultText: '',
  }),
  sample: define(integer({ min: 0 }), {
    name: 'sample',
    verbs: ['store skew'],
    help: 'how many moments to compare, evenly spread over all; 0 compares every one',
    default: 2000,
  }),
  follow: define(onOff(), {
    name: 'follow',
    verbs: [INGEST],
    inConfig: false,
    help: 'go on as the file grows, is put aside or cut, until SIGINT or SIGTERM; stdin is read to its end',
    default: false,
  }),
  lateness: define(durationFromZero(), {
    name: 'lateness',
    verbs: [INGEST],
    help: 'how much older than the latest event one may be that still comes; older ones are rejected',
    default: 0,
    defaultText: '0: events in the order of time',
  }),
  eventId: define(text('<column>'), {
    name: 'event-id',
    verbs: [INGEST],
    help: "the file's column of event ids; an event that is equal in all columns counts once in any case",
    defaultText: '',
  }),
  idHorizon: define(duration(), {
    name: 'id-horizon',
    verbs: [INGEST],
    help: 'how long ids are kept, in the time of the events: what comes again after it is told as late',
    default: 86400,
    defaultText: '1d',
  }),
} as const;
