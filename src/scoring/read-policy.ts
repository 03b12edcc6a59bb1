/** Reads a policy file (--action): JSON, every field checked, what is wrong refused with its line and column. */
import { readFileSync } from 'node:fs';
import { EcommlError } from '../base/errors.js';
import { JsonDocument, type Node, sayJson } from '../base/json-document.js';
import type { Action, ActionPolicy, Amount, Condition, Effect } from './action-policy.js';

const CODE = 'BAD_POLICY';
const POLICY_FIELDS = ['decide_by', 'default', 'price', 'margin', 'actions'];
const PROFIT_FIELDS = ['name', 'cost', 'effect', 'uplift', 'relative_uplift', 'discount', 'when'];
const THRESHOLD_FIELDS = ['name', 'from', 'when'];
const CONDITION_FIELDS = ['min', 'max'];
export const LEAVE_ALONE = 'leave alone';

/** Throws `BAD_POLICY`, exit code 2. */
export function readPolicy(path: string): ActionPolicy {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new EcommlError(CODE, `The policy file ${path} ${why}.`, {
      cause,
      exitCode: 2,
      hint: 'The README shows one under "Recommended actions".',
    });
  }
  return parsePolicy(path, content);
}

/** `file` names the content in errors. */
export function parsePolicy(file: string, content: string): ActionPolicy {
  return new PolicyFile(new JsonDocument(file, content, CODE)).policy();
}

class PolicyFile {
  readonly #document: JsonDocument;

  constructor(document: JsonDocument) {
    this.#document = document;
  }

  policy(): ActionPolicy {
    const { root } = this.#document;
    const fields = this.#document.fields(root, 'a policy', POLICY_FIELDS);
    const by = fields.get('decide_by');
    const decideBy = by === undefined ? 'profit' : this.#document.value(by);
    if (decideBy !== 'profit' && decideBy !== 'probability')
      throw this.#document.refuse(
        by as Node,
        `"decide_by" must be "profit" or "probability", found ${sayJson(by as Node)}`,
      );
    const fallback = fields.get('default');
    const defaultName = fallback === undefined ? LEAVE_ALONE : this.#text(fallback, 'default');
    const profit = decideBy === 'profit';
    for (const name of ['price', 'margin']) {
      const given = fields.get(name);
      if (profit && given === undefined)
        throw this.#document.refuse(
          root,
          `a policy that decides by profit needs "${name}"`,
          `Give a column ("${name}": "${name === 'price' ? 'price' : 'margin_rate'}") or a number ("${name}": ${name === 'price' ? 49.9 : 0.3}); or say "decide_by": "probability".`,
        );
      if (!profit && given !== undefined)
        throw this.#document.refuse(given, `a policy that decides by probability takes no "${name}"`);
    }
    const list = fields.get('actions');
    if (list === undefined) throw this.#document.refuse(root, 'a policy needs "actions"');
    if (list.type !== 'array' || (list.children ?? []).length === 0)
      throw this.#document.refuse(list, `"actions" must be a list of at least one action, found ${sayJson(list)}`);
    const actions = (list.children ?? []).map((node) => this.#action(node, profit));
    const names = [defaultName, ...actions.map(({ name }) => name)];
    actions.forEach(({ name }, i) => {
      if (names.indexOf(name) !== i + 1)
        throw this.#document.refuse(
          (list.children as Node[])[i],
          `two actions are called "${name}" (the default counts)`,
        );
    });
    if (!profit) return { decideBy, default: defaultName, actions };
    const price = this.#amount(fields.get('price') as Node, 'price');
    const margin = this.#amount(fields.get('margin') as Node, 'margin', 1);
    return { decideBy, default: defaultName, price, margin, actions };
  }

  #action(node: Node, profit: boolean): Action {
    const what = profit ? 'an action' : 'an action of a policy that decides by probability';
    const fields = this.#document.fields(node, what, profit ? PROFIT_FIELDS : THRESHOLD_FIELDS);
    const name = this.#required(fields, node, 'name');
    const when = fields.get('when');
    const common = { name: this.#text(name, 'name'), when: when === undefined ? [] : this.#conditions(when) };
    const none = { by: 'effect', share: 1 } as const;
    if (!profit) {
      const from = this.#number(this.#required(fields, node, 'from'), 'from', 0, 1);
      return { ...common, from, cost: 0, effect: none, discount: 0 };
    }
    const discount = fields.get('discount');
    return {
      ...common,
      from: 0,
      cost: this.#amount(this.#required(fields, node, 'cost'), 'cost'),
      effect: this.#effect(fields) ?? none,
      discount: discount === undefined ? 0 : this.#number(discount, 'discount', 0, 1),
    };
  }

  #effect(fields: ReadonlyMap<string, Node>): Effect | undefined {
    const given = ['effect', 'uplift', 'relative_uplift'].filter((name) => fields.has(name));
    if (given.length === 0) return undefined;
    if (given.length > 1)
      throw this.#document.refuse(
        fields.get(given[1]) as Node,
        `an action has one of effect, uplift and relative_uplift, found ${given.join(' and ')}`,
      );
    const [name] = given;
    const node = fields.get(name) as Node;
    if (name === 'effect') return { by: 'effect', share: this.#number(node, name, 0, 1) };
    if (name === 'uplift') return { by: 'uplift', points: this.#number(node, name, 0, 1) };
    return { by: 'relative_uplift', ratio: this.#number(node, name, 0) };
  }

  /** `{"column": {"min": 1}, "other": ["a", "b"], "third": "a"}` */
  #conditions(node: Node): Condition[] {
    return this.#document.entries(node, '"when"').map(([key, value]): Condition => {
      const column = String(key.value);
      if (value.type === 'object') {
        const fields = this.#document.fields(value, `the condition on "${column}"`, CONDITION_FIELDS);
        if (fields.size === 0)
          throw this.#document.refuse(value, `the condition on "${column}" needs min, max or both`);
        const [min, max] = CONDITION_FIELDS.map((name) => {
          const bound = fields.get(name);
          return bound === undefined ? undefined : this.#number(bound, name);
        });
        if (min !== undefined && max !== undefined && min > max)
          throw this.#document.refuse(
            value,
            `the condition on "${column}" fits no number: min ${min} is above max ${max}`,
          );
        return { column, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
      }
      const texts = value.type === 'array' ? (value.children ?? []) : [value];
      if (texts.length === 0)
        throw this.#document.refuse(value, `the condition on "${column}" fits no text: its list is empty`);
      return { column, oneOf: texts.map((text) => this.#conditionText(text, column)) };
    });
  }

  #conditionText(node: Node, column: string): string {
    const value = this.#document.value(node);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.#document.refuse(
      node,
      `the condition on "${column}" must be a text, a list of texts, or {"min": …, "max": …}, found ${sayJson(node)}`,
    );
  }

  #required(fields: ReadonlyMap<string, Node>, parent: Node, name: string): Node {
    const node = fields.get(name);
    if (node === undefined) throw this.#document.refuse(parent, `an action needs "${name}"`);
    return node;
  }

  #text(node: Node, name: string): string {
    const value = this.#document.value(node);
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw this.#document.refuse(node, `"${name}" must be a text that is not empty, found ${sayJson(node)}`);
  }

  /** A column's name, or a number of at least 0. */
  #amount(node: Node, name: string, max = Number.POSITIVE_INFINITY): Amount {
    if (node.type === 'string') return { column: this.#text(node, name) };
    if (node.type === 'number') return this.#number(node, name, 0, max);
    throw this.#document.refuse(node, `"${name}" must be a number or the name of a column, found ${sayJson(node)}`);
  }

  #number(node: Node, name: string, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): number {
    const value = this.#document.value(node);
    if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value;
    const bounds =
      min === Number.NEGATIVE_INFINITY
        ? ''
        : max === Number.POSITIVE_INFINITY
          ? ` of at least ${min}`
          : ` from ${min} to ${max}`;
    throw this.#document.refuse(node, `"${name}" must be a number${bounds}, found ${sayJson(node)}`);
  }
}
