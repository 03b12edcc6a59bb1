import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ecomml, emptyFolder, type Finished } from './run-binary.js';

function withConfig(content: string, args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'ecomml.config.json'), content);
  return ecomml(args, { cwd, env });
}

// Values that are wrong wherever they are read: the sentence then names the place that won.
describe('precedence: flag, ECOMML_*, config file, default', () => {
  const config = JSON.stringify({ train: { valid: 0.9 }, test: 0.2 });

  it('a flag beats all', async () => {
    const { stderr } = await withConfig(config, ['train', '--seed', 'flag'], { ECOMML_SEED: 'env' });
    expect(stderr).toContain('--seed is "flag"');
  });

  it('a variable beats the file', async () => {
    const { stderr } = await withConfig('{"seed": 3}', ['train'], { ECOMML_SEED: 'env' });
    expect(stderr).toContain('ECOMML_SEED is "env"');
  });

  it('a section beats the top, the file beats the default', async () => {
    expect((await withConfig('{"valid": 0.1, "train": {"valid": 0.95}}', ['train'])).stderr).toContain(
      'valid (0.95) and test (0.15)',
    );
    expect((await withConfig(config, ['train', '--test', '0.3'])).stderr).toContain('valid (0.9) and test (0.3)');
    expect((await withConfig(config, ['train', '--test', '0.3'], { ECOMML_VALID: '0.8' })).stderr).toContain(
      'valid (0.8) and test (0.3)',
    );
  });

  it('an empty variable is no variable', async () => {
    const { stderr } = await withConfig(config, ['train'], { ECOMML_VALID: '' });
    expect(stderr).toContain('valid (0.9) and test (0.2)');
  });

  it('switches can be said in all three places', async () => {
    expect(JSON.parse((await withConfig('{"json": true}', ['train', '--seed', 'x'])).stdout)).toHaveProperty('error');
    expect(JSON.parse((await withConfig('{}', ['clean'], { ECOMML_JSON: 'yes' })).stdout)).toHaveProperty('error');
    expect((await withConfig('{}', ['clean'], { ECOMML_JSON: 'maybe' })).stderr).toContain(
      'ECOMML_JSON is "maybe", but must be true or false.',
    );
  });
});

describe('the config file is checked, with line and column', () => {
  it.each([
    ['{\n  "seeed": 1\n}', 'ecomml.config.json:2:3: unknown key "seeed". Did you mean "seed"?'],
    ['{"seed": "1"}', 'ecomml.config.json:1:10: "seed" must be a whole number of at least 0, found the text "1".'],
    ['{"train": {"modles": []}}', '1:12: "train" has no option "modles". Did you mean "models"?'],
    ['{"train": {"models": ["lightgbm", 3]}}', '"models" must be one or more of'],
    ['{"train": 7}', '"train" must be an object of options, found the number 7.'],
    ['{"moments": "crat"}', 'found the text "crat". Did you mean "cart"?'],
    ['{"seed": 1,\n}', 'ecomml.config.json:2:1: is not valid JSON: property name expected.'],
    ['{"seed": 1', 'is not valid JSON: close brace expected.'],
    ['', 'ecomml.config.json:1:1: is not valid JSON'],
    ['[]', 'must hold an object'],
    ['{"config": "other.json"}', 'unknown key "config"'],
    ['{"evaluate": {"gate": "auk>=1"}, "seed": 1}', 'There is no metric "auk".'],
    ['{"train": {"param": {"lightgbm": 3}}}', '"param" must be family.name=value'],
  ])('%j', async (content, sentence) => {
    const { stdout, stderr, code } = await withConfig(content, ['train']);
    expect(stderr).toContain(sentence);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('--config names another file, which must be there', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'mine.json'), '{"valid": 0.99}');
    expect((await ecomml(['train', '--config', 'mine.json'], { cwd })).stderr).toContain('valid (0.99)');
    expect((await ecomml(['train'], { cwd, env: { ECOMML_CONFIG: 'mine.json' } })).stderr).toContain('valid (0.99)');
    const absent = await ecomml(['train', '--config', 'other.json'], { cwd });
    expect(absent).toMatchObject({ code: 2, stderr: 'error: The config file other.json does not exist.\n' });
  });
});
