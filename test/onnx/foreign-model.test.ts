/** Classifiers made by skl2onnx, onnxmltools, CatBoost and by hand (foreign/make.py): how each is read, and its probabilities. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type ForeignChoices, planForeign } from '#ecomml/onnx/foreign-model.js';
import { type ForeignCells, ForeignScorer } from '#ecomml/onnx/foreign-scorer.js';
import { decodeHead } from '#ecomml/onnx/onnx-messages.js';
import { OnnxSession } from '#ecomml/onnx/session.js';

const file = (name: string) => new URL(`./foreign/${name}`, import.meta.url);
const [header, ...records] = parse(readFileSync(file('rows.csv'))) as string[][];
const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Record<string, number[]>;
const rowName = (row: number) => `row ${row + 1}`;

function cellsOf(column: string): ForeignCells {
  const texts = records.map((record) => record[header.indexOf(column)]);
  return column === 'channel' ? texts : Float64Array.from(texts, Number);
}

async function plan(model: string, choices: ForeignChoices = {}, columns = header) {
  const bytes = readFileSync(file(`${model}.onnx`));
  const session = await OnnxSession.open(bytes, model);
  try {
    return planForeign(
      { where: model, inputs: session.inputs, outputs: session.outputs, head: decodeHead(bytes) },
      columns,
      choices,
    );
  } finally {
    await session.close();
  }
}

async function score(model: string, choices: ForeignChoices = {}, columns = header, rows = records.length) {
  const planned = await plan(model, choices, columns);
  const scorer = await ForeignScorer.open(readFileSync(file(`${model}.onnx`)), planned, model);
  try {
    return await scorer.probabilities(cellsOf, rows, rowName);
  } finally {
    await scorer.close();
  }
}

const NUMBERS = ['amount', 'visits', 'rate'];

describe('probabilities are those of the makers’ own runtime', () => {
  it.each([
    ['logistic', { features: NUMBERS }],
    ['metadata', {}],
    ['forest', { features: NUMBERS }],
    ['columns', {}],
    ['lightgbm', { features: NUMBERS }],
    ['xgboost', { features: NUMBERS }],
    ['logit', { features: NUMBERS }],
    ['unnamed-logit', { features: NUMBERS, output: 'result:logit' }],
    ['fixed-batch', { features: NUMBERS }],
  ] as [string, ForeignChoices][])('%s', async (model, choices) => {
    const found = await score(model, choices);
    // Two releases of one runtime on float32: their last bit is 6e-8 of a probability.
    for (let row = 0; row < found.length; row++) expect(found[row]).toBeCloseTo(expected[model][row], 6);
    expect(new Set(found).size).toBeGreaterThan(5);
  });
});

describe('columns and outputs', () => {
  it('inputs of one column each go by name, texts and whole numbers included', async () => {
    expect((await plan('columns')).inputs).toEqual([
      { name: 'amount', type: 'float32', columns: ['amount'], flat: false },
      { name: 'visits', type: 'int64', columns: ['visits'], flat: false },
      { name: 'channel', type: 'string', columns: ['channel'], flat: false },
    ]);
    const { notes, inputs } = await plan('columns', {}, ['id', 'Amount', 'visits', 'CHANNEL']);
    expect(inputs.map(({ columns }) => columns[0])).toEqual(['Amount', 'visits', 'CHANNEL']);
    expect(notes).toEqual([
      { level: 'info', text: 'the input "amount" of the model is read from the column "Amount"' },
      { level: 'info', text: 'the input "channel" of the model is read from the column "CHANNEL"' },
    ]);
  });

  it('a matrix goes by metadata, else by order with a warning when the numbers of columns agree', async () => {
    expect((await plan('metadata')).inputs[0].columns).toEqual(['rate', 'amount', 'visits']);
    const { notes, inputs } = await plan('logistic', {}, NUMBERS);
    expect(inputs[0].columns).toEqual(NUMBERS);
    expect(notes).toEqual([
      {
        level: 'warning',
        text: expect.stringMatching(/^the model does not name its 3 columns: the input's are taken in their order/),
      },
    ]);
  });

  it('log odds are known by their name, and said', async () => {
    const { output, notes } = await plan('logit', { features: NUMBERS });
    expect(output).toEqual({ name: 'logit', width: 1, logit: true });
    expect(notes).toEqual([{ level: 'warning', text: expect.stringContaining('"logit" is read as log odds') }]);
    expect((await plan('logit', { features: NUMBERS, output: 'logit' })).output.logit).toBe(false);
  });
});

describe('refusals', () => {
  const refused = (work: Promise<unknown>, code: string, message: RegExp, hint?: RegExp) =>
    expect(work).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      ...(hint === undefined ? {} : { hint: expect.stringMatching(hint) }),
    });

  it('a matrix whose columns nobody names', () =>
    refused(
      plan('logistic'),
      'FOREIGN_COLUMNS',
      /takes 3 columns in one matrix and does not name them; the input has 6/,
      /--features/,
    ));
  it('too few names', () =>
    refused(
      plan('logistic', { features: ['amount'] }),
      'FOREIGN_CHOICE',
      /takes 3 columns, but 1 are named: amount\./,
    ));
  it('a name that is no column', () =>
    refused(
      plan('logistic', { features: ['amount', 'visit', 'rate'] }),
      'FOREIGN_COLUMNS',
      /no such column\. Did you mean "visits"\?/,
    ));
  it('a missing column of a graph with names', () =>
    refused(
      plan('columns', {}, ['amount', 'visits']),
      'FOREIGN_COLUMNS',
      /takes "channel", but the input has no such column/,
    ));
  it('ZipMap, with how to export without', async () => {
    for (const model of ['zipmap', 'catboost'])
      await refused(
        plan(model, { features: NUMBERS }),
        'FOREIGN_MODEL',
        /is no tensor but a list of maps \(ZipMap\)/,
        /"zipmap": False/,
      );
  });
  it('three classes', () =>
    refused(
      plan('three-classes', { features: NUMBERS }),
      'FOREIGN_MODEL',
      /no output is a probability of two classes.*probabilities \(float32 \[N, 3\]\)/,
    ));
  it('an output that is not there', () =>
    refused(
      plan('logistic', { features: NUMBERS, output: 'probabilitys' }),
      'FOREIGN_CHOICE',
      /no output of probabilities called "probabilitys"\. Did you mean "probabilities"\?/,
    ));
  it('log odds taken for a probability', () =>
    refused(
      score('unnamed-logit', { features: NUMBERS }),
      'NOT_A_PROBABILITY',
      /the output "result" is -?\d.* for row \d+, and no probability/,
      /result:logit/,
    ));
  it('a missing cell of whole numbers', async () => {
    const planned = await plan('columns');
    const scorer = await ForeignScorer.open(readFileSync(file('columns.onnx')), planned, 'columns');
    const cells = (column: string): ForeignCells =>
      column === 'channel' ? ['web'] : Float64Array.of(column === 'visits' ? Number.NaN : 1);
    await refused(
      scorer.probabilities(cells, 1, rowName),
      'FOREIGN_CELL',
      /^row 1: "visits" is missing, .* takes whole numbers/,
    );
    await scorer.close();
  });
  it('a newer opset, an unknown operator, no model', async () => {
    await refused(
      OnnxSession.open(readFileSync(file('newer-opset.onnx')), 'm'),
      'BAD_ONNX',
      /^m is not an ONNX model that can be run: it is of opset 99, and the runtime here knows opsets up to 26/,
      /lower target opset/,
    );
    await refused(
      OnnxSession.open(readFileSync(file('other-operator.onnx')), 'm'),
      'BAD_ONNX',
      /some\.where/,
      /standard operators/,
    );
    await refused(OnnxSession.open(readFileSync(file('rows.csv')), 'm'), 'BAD_ONNX', /^m is not an ONNX model/);
    await refused(
      OnnxSession.open(readFileSync(file('forest.onnx')).subarray(0, 700), 'm'),
      'BAD_ONNX',
      /^m is not an ONNX model/,
    );
  });
});
