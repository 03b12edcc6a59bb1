/** Texts and their numbers as a hash table in kernel memory, in the layout that kernels/assembly/csv-cells.ts looks up. */
import type { KernelMemory } from '../kernels/memory.js';

const SLOT = 24;
const FREE = -1;

export interface KeyTable {
  readonly address: number;
  /** Slots − 1, a power of two minus one. */
  readonly mask: number;
}

/** Takes its place in `memory` for good. At most half of the slots are used. */
export function placeKeys(keys: ReadonlyMap<string, number>, memory: KernelMemory): KeyTable {
  let slots = 4;
  while (slots < 2 * keys.size) slots *= 2;
  const mask = slots - 1;
  const address = memory.alloc(slots * SLOT);
  const encoded = [...keys].map(([key, value]) => ({ bytes: Buffer.from(key), value }));
  const texts = memory.alloc(
    Math.max(
      1,
      encoded.reduce((sum, { bytes }) => sum + bytes.length, 0),
    ),
  );
  const table = new DataView(memory.memory.buffer, address, slots * SLOT);
  for (let slot = 0; slot < slots; slot++) table.setInt32(slot * SLOT + 12, FREE, true);
  let text = texts;
  for (const { bytes, value } of encoded) {
    memory.u8(text, bytes.length).set(bytes);
    const hash = hashOf(bytes);
    let slot = hash & mask;
    while (table.getInt32(slot * SLOT + 12, true) !== FREE) slot = (slot + 1) & mask;
    table.setFloat64(slot * SLOT, value, true);
    table.setUint32(slot * SLOT + 8, text, true);
    table.setInt32(slot * SLOT + 12, bytes.length, true);
    table.setUint32(slot * SLOT + 16, hash, true);
    text += bytes.length;
  }
  return { address, mask };
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array): number {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}
