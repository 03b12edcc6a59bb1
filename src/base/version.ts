/** The version of this ecomml and of the packages whose work ends up in a bundle, read from their manifests. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export function ecommlVersion(): string {
  return versionIn(new URL('../../package.json', import.meta.url));
}

export function packageVersion(name: string): string {
  // A package's manifest need not be exported, so it is found beside its entry point.
  const entry = require.resolve(name);
  const marker = `node_modules/${name}/`;
  const at = entry.replaceAll('\\', '/').lastIndexOf(marker);
  return at < 0 ? 'unknown' : versionIn(`${entry.slice(0, at + marker.length)}package.json`);
}

function versionIn(manifest: URL | string): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
