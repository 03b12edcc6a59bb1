/**
 * A JSON file that a user wrote, read with the place of every value: what is wrong in it is refused with line and column.
 * It knows no schema; comments are no JSON.
 */
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type EcommlError, usageError } from './errors.js';
import { didYouMean } from './suggest.js';

export type { Node } from 'jsonc-parser';

export class JsonDocument {
  readonly root: Node;
  readonly #file: string;
  readonly #content: string;
  readonly #code: string;

  /** `code` is that of the errors, which have exit code 2. */
  constructor(file: string, content: string, code: string) {
    this.#file = file;
    this.#content = content.replace(/^\uFEFF/, '');
    this.#code = code;
    const errors: ParseError[] = [];
    const root = parseTree(this.#content, errors, { disallowComments: true });
    if (errors.length > 0 || root === undefined) {
      const reason = errors.length > 0 ? sayParseError(errors[0]) : 'the file is empty';
      throw this.#refuseAt(errors[0]?.offset ?? 0, `is not valid JSON: ${reason}`);
    }
    this.root = root;
  }

  value(node: Node): unknown {
    return getNodeValue(node);
  }

  /** The values of an object by key; refuses another type, keys that are not in `known`, and repeated keys. */
  fields(node: Node, what: string, known: readonly string[]): Map<string, Node> {
    const fields = new Map<string, Node>();
    for (const [key, value] of this.entries(node, what)) {
      const name = String(key.value);
      if (!known.includes(name))
        throw this.refuse(
          key,
          `${what} has no field "${name}".${didYouMean(name, known)}`,
          `Fields of ${what}: ${known.join(', ')}.`,
        );
      if (fields.has(name)) throw this.refuse(key, `"${name}" is there twice`);
      fields.set(name, value);
    }
    return fields;
  }

  /** Keys and values of an object, whatever its keys; refuses another type. */
  entries(node: Node, what: string): [Node, Node][] {
    if (node.type !== 'object') throw this.refuse(node, `${what} must be an object, found ${sayJson(node)}`);
    return (node.children ?? []).map((property) => property.children as [Node, Node]);
  }

  refuse(node: Node, message: string, hint?: string): EcommlError {
    return this.#refuseAt(node.offset, message, hint);
  }

  #refuseAt(offset: number, message: string, hint?: string): EcommlError {
    const before = this.#content.slice(0, offset).split('\n');
    const place = `${this.#file}:${before.length}:${before[before.length - 1].length + 1}`;
    return usageError(this.#code, `${place}: ${message}${/[.?]$/.test(message) ? '' : '.'}`, hint);
  }
}

/** `the number 3`, `the text "a"`, `null` */
export function sayJson(node: Node): string {
  const json = JSON.stringify(getNodeValue(node)) ?? 'nothing';
  const short = json.length > 40 ? `${json.slice(0, 39)}…` : json;
  return node.type === 'null' ? 'null' : `the ${node.type === 'string' ? 'text' : node.type} ${short}`;
}

/** `CommaExpected` → "comma expected" */
function sayParseError(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}
