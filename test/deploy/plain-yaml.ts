/** Reads the YAML that our own files are written in: block maps and lists, plain and double-quoted scalars, comments. Anything else is an error. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

export function readYaml(text: string): Yaml {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line): Line => ({ indent: line.search(/\S/), text: line.trim() }));
  const [value, rest] = block(lines, 0);
  if (rest.length > 0) throw new Error(`unexpected: ${rest[0].text}`);
  return value;
}

function block(lines: readonly Line[], indent: number): [Yaml, readonly Line[]] {
  return lines[0]?.text.startsWith('- ') ? list(lines, indent) : map(lines, indent);
}

function list(lines: readonly Line[], indent: number): [Yaml, readonly Line[]] {
  const items: Yaml[] = [];
  let rest = lines;
  while (rest[0]?.indent === indent && rest[0].text.startsWith('- ')) {
    const first = { indent: indent + 2, text: rest[0].text.slice(2) };
    if (/^[\w./-]+:( |$)/.test(first.text)) {
      const [item, after] = map([first, ...rest.slice(1)], indent + 2);
      items.push(item);
      rest = after;
    } else {
      items.push(scalar(first.text));
      rest = rest.slice(1);
    }
  }
  return [items, rest];
}

function map(lines: readonly Line[], indent: number): [Yaml, readonly Line[]] {
  const found: Record<string, Yaml> = {};
  let rest = lines;
  while (rest[0]?.indent === indent && !rest[0].text.startsWith('- ')) {
    const match = /^([\w./-]+):(?: (.*))?$/.exec(rest[0].text);
    if (match === null || match[1] in found) throw new Error(`no key, or twice: ${rest[0].text}`);
    rest = rest.slice(1);
    if (match[2] !== undefined) found[match[1]] = scalar(match[2]);
    else [found[match[1]], rest] = block(rest, rest[0].indent);
  }
  return [found, rest];
}

function scalar(text: string): Yaml {
  if (/^".*"$/.test(text)) return JSON.parse(text) as string;
  if (/^[[{&*!|>'%@`]| #|: /.test(text)) throw new Error(`not plain: ${text}`);
  if (/^-?\d+$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}
