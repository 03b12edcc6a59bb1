/**
 * `generate`: a simulated shop's events as a CSV in the columns of REES46 and, if wanted, the true purchase probability of
 * each decision moment as a second one. Memory does not grow with the number of events; both files appear whole or not at
 * all, and the events are the same bytes with and without the truth.
 */
import { resolve } from 'node:path';
import { usageError } from '../base/errors.js';
import { EventLines } from '../generate/event-lines.js';
import { CART, PURCHASE, REMOVE, VIEW } from '../generate/purchase-chain.js';
import { ShopSimulation } from '../generate/shop-simulation.js';
import { type ByteOutput, openByteOutput } from '../table/byte-output.js';
import type { WorkflowContext } from './context.js';
import type { GenerateOptions } from './options.js';

export interface GenerateResult {
  readonly synthetic: true;
  readonly events: number;
  readonly event_types: Readonly<Record<'view' | 'cart' | 'remove_from_cart' | 'purchase', number>>;
  readonly sessions: number;
  /** Views and carts, and the mean of their true probabilities. */
  readonly moments: number;
  readonly mean_true_probability: number;
  readonly seed: number;
  readonly seconds: number;
  readonly events_per_second: number;
  readonly output: string;
  readonly truth?: string;
}

/** Above this density the events that lie ahead would no longer be a handful. */
const MOST_EVENTS_A_DAY = 1e9;

export async function generate(options: GenerateOptions, context: WorkflowContext): Promise<GenerateResult> {
  const begun = performance.now();
  const { events, days, output, truth } = options;
  checkOptions(options);
  const outputs: ByteOutput[] = [];
  try {
    const eventsOutput = openByteOutput(output);
    outputs.push(eventsOutput);
    const truthOutput = truth === undefined ? undefined : openByteOutput(truth);
    if (truthOutput !== undefined) outputs.push(truthOutput);
    const shop = new ShopSimulation({ events, days, seed: context.seed });
    const counts = await write(shop, events, eventsOutput, truthOutput, context);
    for (const one of outputs) await one.finish();
    context.signal.throwIfAborted();
    for (const one of outputs.reverse()) one.publish();
    const place = output === '-' ? 'stdout' : output;
    context.progress({ type: 'end', stage: 'generate', summary: `${grouped(events)} synthetic events → ${place}` });
    const seconds = (performance.now() - begun) / 1000;
    const [view, cart, remove_from_cart, purchase] = counts.types;
    return {
      synthetic: true,
      events,
      event_types: { view, cart, remove_from_cart, purchase },
      sessions: shop.sessions,
      moments: view + cart,
      mean_true_probability: counts.probability / (view + cart),
      seed: context.seed,
      seconds,
      events_per_second: Math.round(events / seconds),
      output,
      ...(truth === undefined ? {} : { truth }),
    };
  } finally {
    for (const one of outputs) one.discard();
  }
}

function checkOptions({ events, days, output, truth }: GenerateOptions): void {
  if (truth === '-')
    throw usageError('BAD_USAGE', '--truth - is not possible: stdout is for the events.', 'Give --truth a file.');
  if (truth !== undefined && output !== '-' && resolve(truth) === resolve(output))
    throw usageError('BAD_USAGE', `--output and --truth both name ${output}.`, 'Give the truth a file of its own.');
  if (events / days > MOST_EVENTS_A_DAY)
    throw usageError(
      'BAD_OPTION',
      `${grouped(events)} events in ${days} days are more than ${grouped(MOST_EVENTS_A_DAY)} a day.`,
      'Spread them over more --days.',
    );
}

async function write(
  shop: ShopSimulation,
  events: number,
  eventsOutput: ByteOutput,
  truthOutput: ByteOutput | undefined,
  { seed, signal, progress }: WorkflowContext,
): Promise<{ types: number[]; probability: number }> {
  const stage = 'generate';
  progress({ type: 'start', stage, total: events, unit: 'events' });
  const lines = new EventLines(shop.products, seed);
  const types = [VIEW, CART, REMOVE, PURCHASE].map(() => 0);
  let probability = 0;
  let done = 0;
  for (let event = shop.next(); event !== undefined; event = shop.next()) {
    lines.add(event);
    types[event.type]++;
    if (event.type === VIEW || event.type === CART) probability += event.probability;
    done++;
    if (truthOutput !== undefined) {
      lines.addTruth(event);
      if (lines.truth.full) await truthOutput.write(lines.truth.take());
    }
    if (!lines.events.full) continue;
    await eventsOutput.write(lines.events.take());
    signal.throwIfAborted();
    progress({ type: 'advance', stage, done });
  }
  await eventsOutput.write(lines.events.take());
  await truthOutput?.write(lines.truth.take());
  return { types, probability };
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
