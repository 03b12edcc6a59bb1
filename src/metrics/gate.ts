/** Gates: "auc>=0.80" read, and checked against metrics. It does not decide exit codes. */
import { usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { MetricSet } from './evaluate.js';

export const GATE_METRICS = ['auc', 'pr_auc', 'log_loss', 'brier', 'ece', 'base_rate', 'rows', 'positives'] as const;
type GateMetric = (typeof GATE_METRICS)[number];

export interface Gate {
  /** A metric of the ensemble ("auc", "ensemble.auc") or of a model ("lightgbm.auc"). */
  readonly metric: string;
  readonly comparison: '>=' | '<=' | '>' | '<';
  readonly value: number;
}

export interface GateResult {
  readonly gate: Gate;
  /** Null when the metric is not defined on these rows; such a gate is not met. */
  readonly found: number | null;
  readonly met: boolean;
  /** One sentence: "auc is 0.7812, the gate asks for >= 0.8: not met". */
  readonly text: string;
}

/** Reads one gate; throws a usage error that names what is wrong and suggests the nearest metric. */
export function parseGate(text: string): Gate {
  const match = /^\s*([\w.-]+)\s*(>=|<=|>|<)\s*(\S+)\s*$/.exec(text);
  const value = Number(match?.[3]);
  if (match === null || !Number.isFinite(value)) {
    throw usageError(
      'BAD_GATE',
      `The gate "${text}" cannot be read: expected a metric, one of >= <= > <, and a number.`,
      'For example: --gate "auc>=0.80" or --gate "lightgbm.log_loss<=0.3".',
    );
  }
  metricOf(match[1]);
  return { metric: match[1], comparison: match[2] as Gate['comparison'], value };
}

/** Throws a usage error when a gate names a model that is not there. */
export function checkGates(
  gates: readonly Gate[],
  models: Readonly<Record<string, MetricSet>>,
  ensemble: MetricSet,
): GateResult[] {
  const owners = { ...models, ensemble };
  return gates.map((gate) => {
    const { owner, metric } = metricOf(gate.metric);
    if (!Object.hasOwn(owners, owner)) {
      const known = Object.keys(owners);
      throw usageError(
        'UNKNOWN_MODEL',
        `The gate on "${gate.metric}" names the model "${owner}", which is not here.${didYouMean(owner, known)}`,
        `Models here: ${known.join(', ')}.`,
      );
    }
    const metrics = owners[owner as keyof typeof owners];
    const found = metrics[metric];
    const met = found !== null && compare(found, gate.comparison, gate.value);
    const is =
      found === null ? `is not defined (${metrics.undefined_because ?? 'too few rows'})` : `is ${round(found)}`;
    const text = `${gate.metric} ${is}, the gate asks for ${gate.comparison} ${gate.value}: ${met ? 'met' : 'not met'}`;
    return { gate, found, met, text };
  });
}

function metricOf(name: string): { owner: string; metric: GateMetric } {
  const dot = name.lastIndexOf('.');
  const metric = name.slice(dot + 1);
  if (!(GATE_METRICS as readonly string[]).includes(metric)) {
    throw usageError(
      'UNKNOWN_METRIC',
      `There is no metric "${metric}".${didYouMean(metric, GATE_METRICS)}`,
      `Metrics: ${GATE_METRICS.join(', ')}; a model's own as in lightgbm.auc.`,
    );
  }
  return { owner: dot < 0 ? 'ensemble' : name.slice(0, dot), metric: metric as GateMetric };
}

function compare(found: number, comparison: Gate['comparison'], value: number): boolean {
  if (comparison === '>=') return found >= value;
  if (comparison === '<=') return found <= value;
  return comparison === '>' ? found > value : found < value;
}

/** Six significant digits, without trailing zeros. */
function round(value: number): string {
  return String(Number(value.toPrecision(6)));
}
