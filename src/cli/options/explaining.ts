/** What is explained, and by which means. */
import { counts, pairs } from '../composite-kinds.js';
import { choice, number, onOff, text } from '../option-kinds.js';
import { define } from './define.js';

export const EXPLAINING_OPTIONS = {
  row: define(counts('<rows>'), {
    name: 'row',
    verbs: ['explain'],
    help: 'rows of the input to explain, counted from 1 without the header',
    default: [] as readonly number[],
    defaultText: 'all, when the input has at most 5',
  }),
  key: define(pairs('<column=value>', 'column=value, as in user_session=4f3a'), {
    name: 'key',
    verbs: ['explain'],
    help: 'explain the last rows whose column has this value; repeatable',
    default: {},
    defaultText: '',
  }),
  shap: define(choice('path-dependent', 'interventional'), {
    name: 'shap',
    verbs: ['explain', 'report'],
    help: "what SHAP takes for a value not known: the training rows' shares at each split, or the bundle's background rows",
    default: 'path-dependent',
  }),
  explanation: define(onOff(), {
    name: 'explanation',
    verbs: ['report'],
    help: 'say why the model says what it says, and what it is worth',
    flagHelp: 'leave out why the model says what it says (quicker)',
    default: true,
  }),
  margin: define(number({ min: 0, max: 1e12, open: true }), {
    name: 'margin',
    verbs: ['report'],
    help: 'what a purchase earns, for profit and actions',
    defaultText: 'an example, 20',
  }),
  cost: define(number({ min: 0, max: 1e12 }), {
    name: 'cost',
    verbs: ['report'],
    help: 'what reaching one visitor costs, in the same money',
    defaultText: 'an example, 0.2',
  }),
  pdfFont: define(text('<file>'), {
    name: 'pdf-font',
    verbs: ['report'],
    help: 'a font (TTF, OTF, WOFF) for letters that the PDF has none for, such as Chinese, Japanese, Korean',
    defaultText: 'code points are written instead',
  }),
  lime: define(onOff(), {
    name: 'lime',
    verbs: ['explain'],
    help: 'show LIME beside SHAP',
    flagHelp: 'leave LIME out',
    default: true,
  }),
  html: define(text('<file>'), {
    name: 'html',
    verbs: ['explain'],
    help: 'also write the explanation as one HTML file',
    defaultText: '',
  }),
} as const;
