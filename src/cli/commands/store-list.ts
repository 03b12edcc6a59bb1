/** `ecomml store list`: options, and the store as tables. */
import type { StoreListOptions } from '../../workflows/options.js';
import type { StoreListResult } from '../../workflows/store-list.js';
import type { Command } from '../command.js';
import { textTable } from '../text-table.js';
import { count, counted } from '../wording.js';

/** Digits of a hash that tell definitions apart on a page. */
const SHOWN = 10;

export const storeList: Command<StoreListOptions, StoreListResult> = {
  options: ({ store, materialisation }) => ({ store, materialisation }),
  show: (result, { style, width }) => {
    const features = textTable(
      [
        { title: 'feature' },
        { title: 'family' },
        { title: 'unit' },
        { title: 'version', align: 'right' },
        { title: 'owner' },
        { title: 'definition' },
        { title: 'online' },
      ],
      result.features.map(({ name, family, unit, version, owner, definition, online }) => [
        name,
        family,
        unit,
        String(version),
        owner,
        definition.slice(0, SHOWN),
        online ? 'yes' : 'no',
      ]),
      width,
      style.dim,
    );
    const files = textTable(
      [
        { title: 'event file' },
        { title: 'events', align: 'right' },
        { title: 'from' },
        { title: 'until' },
        { title: 'sha256' },
      ],
      result.files.map(({ name, events, from, until, sha256 }) => [
        name,
        count(events),
        shortened(from),
        shortened(until),
        sha256.slice(0, SHOWN),
      ]),
      width,
      style.dim,
    );
    const materialisations = textTable(
      [
        { title: 'materialisation' },
        { title: 'events', align: 'right' },
        { title: 'moments', align: 'right' },
        { title: 'until' },
      ],
      result.materialisations.map(({ name, events, moments, until }) => [
        name,
        count(events),
        count(moments),
        `${shortened(until)}${name === result.materialisation ? ' ← this one' : ''}`,
      ]),
      width,
      style.dim,
    );
    const lines = [
      '',
      ...features,
      '',
      ...files,
      '',
      ...materialisations,
      '',
      `  ${style.bold(counted(result.features.length, 'feature'))} of ${counted(result.moments, 'moment')}, ${counted(result.events, 'event')}, made by ecomml ${result.ecomml}`,
      `  ${style.dim('store')}  ${result.store}`,
    ];
    return `${lines.join('\n')}\n`;
  },
};

function shortened(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}
