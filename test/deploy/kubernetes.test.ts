/** The Kubernetes Jobs of deploy/ fit the published schema of batch/v1 Job, and what they tell ecomml is what it takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTIONS } from '#ecomml/cli/options.js';
import { ROOT } from '../cli/run-binary.js';
import { readYaml, type Yaml } from './plain-yaml.js';

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'job.schema.json'), 'utf8')) as Schema;
const job = (name: string) =>
  readYaml(readFileSync(join(ROOT, 'deploy/kubernetes', name), 'utf8')) as Record<string, Yaml>;

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** What of JSON Schema the file uses; sentences about what does not fit. */
function faults(
  value: unknown,
  { type, enum: words, required, properties, additionalProperties, items, oneOf }: Schema,
  at: string,
): string[] {
  const found: string[] = [];
  if (type !== undefined && ![type].flat().includes(typeOf(value))) return [`${at} is ${typeOf(value)}, not ${type}`];
  if (words !== undefined && !words.includes(value)) found.push(`${at} is ${value}`);
  if (oneOf !== undefined && oneOf.filter((one) => faults(value, one, at).length === 0).length !== 1)
    found.push(`${at} fits none`);
  if (Array.isArray(value)) return [...found, ...value.flatMap((item, i) => faults(item, items ?? {}, `${at}[${i}]`))];
  if (typeof value !== 'object' || value === null) return found;
  for (const key of required ?? []) if (!(key in value)) found.push(`${at} lacks ${key}`);
  for (const [key, inner] of Object.entries(value)) {
    const own = properties?.[key] ?? (additionalProperties === true ? {} : additionalProperties);
    if (own === false || (own === undefined && properties !== undefined)) found.push(`${at} has no ${key}`);
    else found.push(...faults(inner, own ?? {}, `${at}.${key}`));
  }
  return found;
}

describe.each(['score-job.yaml', 'merge-job.yaml'])('%s', (name) => {
  it('fits the schema of batch/v1 Job', () => {
    expect(faults(job(name), schema, name)).toEqual([]);
  });

  it('the check can fail', () => {
    const found = job(name);
    const spec = { ...(found['spec'] as object), backofLimitPerIndex: 1, completions: 'x' };
    expect(faults({ ...found, spec }, schema, name)).toHaveLength(2);
  });

  it('says options that score has', () => {
    const { template } = job(name)['spec'] as { template: { spec: { containers: { args: string[] }[] } } };
    const known = Object.values(OPTIONS).filter(({ verbs }) => (verbs as readonly string[]).includes('score'));
    for (const arg of template.spec.containers[0].args)
      expect(known.map((option) => `--${option.name}`)).toContain(arg.split('=')[0]);
  });
});

it('what a pod may use and keeps is said: processors, memory, and a volume behind every path that score is told', () => {
  const spec = job('score-job.yaml')['spec'] as Record<string, never>;
  const pod = (spec['template'] as { spec: Record<string, never> }).spec;
  const [container] = pod['containers'] as Record<string, never>[];
  expect(container['resources']).toMatchObject({ requests: { cpu: '2', memory: '512Mi' }, limits: { memory: '1Gi' } });
  const volumes = (pod['volumes'] as { name: string }[]).map(({ name }) => name);
  const mounts = container['volumeMounts'] as { name: string; mountPath: string }[];
  expect(mounts.map(({ name }) => name).sort()).toEqual(volumes.sort());
  const paths = (container['args'] as string[]).flatMap((arg) => /=(\/.*)/.exec(arg)?.[1] ?? []);
  expect(paths).toHaveLength(3);
  for (const path of paths) expect(mounts.some(({ mountPath }) => path.startsWith(`${mountPath}/`))).toBe(true);
});

it('as many shards as completions, and no second try for a rejected input', () => {
  const spec = job('score-job.yaml')['spec'] as Record<string, never>;
  const [container] = (spec['template'] as { spec: { containers: { env: { name: string; value: string }[] }[] } }).spec
    .containers;
  expect(container.env.find((one) => one.name === 'ECOMML_SHARDS')?.value).toBe(String(spec['completions']));
  expect(spec['completionMode']).toBe('Indexed');
  expect(spec['backoffLimitPerIndex']).toBeGreaterThan(0);
  const { rules } = spec['podFailurePolicy'] as { rules: { action: string; onExitCodes?: { values: number[] } }[] };
  expect(rules.find(({ onExitCodes }) => onExitCodes?.values.includes(3))?.action).toBe('FailIndex');
});
