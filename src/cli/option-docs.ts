/** The README's table of options, written from the table of options. A test holds the README to it. */

import type { OptionDefinition } from './options/define.js';
import { environmentName, flagName, OPTIONS, sayDefault } from './options.js';
import { VERBS, type Verb } from './verbs.js';

/** A Markdown table, one row an option. */
export function optionsMarkdown(): string {
  const rows = (Object.values(OPTIONS) as OptionDefinition[]).map((definition) => {
    const flag = `\`${flagName(definition)}${definition.kind.placeholder ? ` ${definition.kind.placeholder}` : ''}\``;
    const verbs = definition.general ? 'all' : definition.verbs.join(', ');
    const names = [`\`${environmentName(definition.name)}\``];
    if (definition.inConfig !== false) names.push(`\`${definition.name}\``);
    return [flag, verbs, definition.flagHelp ?? definition.help, defaults(definition), names.join(' ')];
  });
  const lines = [
    ['flag', 'commands', 'what it does', 'default', 'variable, config key'],
    Array(5).fill('---'),
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

/** One default when the verbs agree, else each verb's own. */
function defaults(definition: OptionDefinition): string {
  const verbs = definition.verbs.length > 0 ? definition.verbs : (Object.keys(VERBS) as Verb[]);
  const said = verbs.map((verb) => [verb, sayDefault(definition, verb)] as const).filter(([, text]) => text !== '');
  if (said.length === verbs.length && said.every(([, text]) => text === said[0][1])) return said[0][1];
  return said.map(([verb, text]) => `${verb}: ${text}`).join('; ');
}
