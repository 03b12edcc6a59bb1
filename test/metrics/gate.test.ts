import { describe, expect, it } from 'vitest';
import { EcommlError } from '#ecomml/base/errors.js';
import { evaluate } from '#ecomml/metrics/evaluate.js';
import { checkGates, parseGate } from '#ecomml/metrics/gate.js';
import { calibratedScores } from './scores.js';

const good = calibratedScores(1000, 0.3, 2);
const ensemble = evaluate(good.probability, good.label);
const flat = evaluate(new Float64Array(1000).fill(0.3), good.label);

function errorOf(run: () => unknown): EcommlError {
  try {
    run();
  } catch (error) {
    if (error instanceof EcommlError) return error;
  }
  throw new Error('no EcommlError was thrown');
}

describe('parseGate', () => {
  it.each([
    ['auc>=0.80', { metric: 'auc', comparison: '>=', value: 0.8 }],
    [' log_loss <= 3e-1 ', { metric: 'log_loss', comparison: '<=', value: 0.3 }],
    ['lightgbm.auc>0.5', { metric: 'lightgbm.auc', comparison: '>', value: 0.5 }],
    ['random-forest.ece<0.1', { metric: 'random-forest.ece', comparison: '<', value: 0.1 }],
  ])('%s', (text, gate) => {
    expect(parseGate(text)).toEqual(gate);
  });

  it.each(['auc', 'auc>=', '>=0.8', 'auc=0.8', 'auc>=high', 'auc>=NaN', ''])('refuses "%s"', (text) => {
    expect(errorOf(() => parseGate(text))).toMatchObject({ code: 'BAD_GATE', exitCode: 2 });
  });

  it('suggests the nearest metric', () => {
    const error = errorOf(() => parseGate('logloss<=0.3'));
    expect(error).toMatchObject({ code: 'UNKNOWN_METRIC', exitCode: 2 });
    expect(error.message).toContain('Did you mean "log_loss"?');
  });
});

describe('checkGates', () => {
  it('compares the ensemble by default and a model by name', () => {
    const gates = ['auc>=0.6', 'auc>=0.99', 'lightgbm.auc<=0.5', 'ensemble.auc>0.6'].map(parseGate);
    const results = checkGates(gates, { lightgbm: flat }, ensemble);
    expect(results.map((result) => result.met)).toEqual([true, false, true, true]);
    expect(results[1].text).toMatch(/^auc is 0\.\d+, the gate asks for >= 0.99: not met$/);
  });

  it('an undefined metric does not meet its gate', () => {
    const negatives = evaluate(new Float64Array(3).fill(0.1), new Float64Array(3));
    const [result] = checkGates([parseGate('auc>=0')], {}, negatives);
    expect(result).toMatchObject({ found: null, met: false });
    expect(result.text).toContain('no positives');
  });

  it('a model that is not there is wrong usage, with a suggestion', () => {
    const error = errorOf(() => checkGates([parseGate('lightgmb.auc>=0.5')], { lightgbm: flat }, ensemble));
    expect(error).toMatchObject({ code: 'UNKNOWN_MODEL', exitCode: 2 });
    expect(error.message).toContain('Did you mean "lightgbm"?');
  });
});
