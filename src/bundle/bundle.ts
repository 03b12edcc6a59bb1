/** A bundle that was found, checked and opened. It does not train or score. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadForest } from '../forest/load-forest.js';
import type { ScoringModel } from '../scoring/scoring-model.js';
import { MANIFEST_FILE, readBundleFolder, sha256 } from './folder.js';
import { KEPT_ROWS, type KeptRows, readKeptRows } from './kept-rows.js';
import { resolveBundle } from './latest.js';
import type { Manifest } from './manifest.js';

export class Bundle {
  readonly folder: string;
  readonly manifest: Manifest;

  private constructor(folder: string, manifest: Manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /** `model`: a bundle's folder, or a `latest` file. Every file is checked against its checksum. */
  static open(model: string): Bundle {
    const folder = resolveBundle(model);
    return new Bundle(folder, readBundleFolder(folder) as Manifest);
  }

  get name(): string {
    return basename(this.folder);
  }

  /** Which bundle this is: the checksum is that of bundle.json, which holds those of all its other files. */
  identity(): { readonly name: string; readonly folder: string; readonly sha256: string; readonly members: string[] } {
    const { name, folder, manifest } = this;
    const members = manifest.members.map(({ family }) => family);
    return { name, folder, sha256: sha256(readFileSync(this.file(MANIFEST_FILE))), members };
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  json(name: string): unknown {
    return JSON.parse(readFileSync(this.file(name), 'utf8'));
  }

  /** Rows kept for explanations; undefined in bundles that older versions wrote. */
  keptRows(): KeptRows | undefined {
    const file = this.file(KEPT_ROWS);
    return existsSync(file) ? readKeptRows(file, this.manifest.encoder) : undefined;
  }

  /** All members loaded: what scoring needs. */
  scoringModel(): ScoringModel {
    const { encoder, members, blend } = this.manifest;
    return {
      encoder,
      blend,
      members: members.map(({ family, file }) => ({ family, forest: loadForest(this.file(file)) })),
    };
  }
}
