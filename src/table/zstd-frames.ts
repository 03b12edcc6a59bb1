/**
 * Where the frames of a zstd stream end (RFC 8878, sections 3.1.1 and 3.1.2), whatever chunks it comes in: each frame can be
 * decompressed by itself and its checksum compared. It decompresses nothing.
 */

/** Some bytes of one frame. */
export interface FramePiece {
  readonly bytes: Uint8Array;
  /** A skippable frame holds no data. */
  readonly skippable: boolean;
  /** The frame's last bytes are in it. */
  readonly ends: boolean;
  /** With `ends`: the low 32 bits of XXH64 of the frame's data, if it has a checksum. */
  readonly checksum?: number | undefined;
}

const MAGIC = 0xfd2fb528;
/** To 0x184d2a5f. */
const SKIPPABLE = 0x184d2a50;
const RLE = 1;
const RESERVED = 3;

type Step = 'magic' | 'skippable' | 'descriptor' | 'block' | 'checksum' | 'end';

export class ZstdFrames {
  #step: Step = 'magic';
  /** Bytes of the field that is read, little-endian, and how many it has. */
  #field = 0;
  #read = 0;
  #wanted = 4;
  /** Bytes to pass over before the next field. */
  #skip = 0;
  #skippable = false;
  #hasChecksum = false;
  #checksum: number | undefined;
  /** Bytes of a frame of which it is not known yet whether it can be skipped. */
  #held: Uint8Array = new Uint8Array();

  /** True between two frames, and before the first. */
  get isBetween(): boolean {
    return this.#step === 'magic' && this.#held.length === 0;
  }

  /** The chunk in pieces that do not cross frames. Throws an `Error` where no frame can be. */
  push(bytes: Uint8Array): FramePiece[] {
    const chunk = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = new Uint8Array();
    const pieces: FramePiece[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; ) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, chunk.length - at);
        this.#skip -= passed;
        at += passed;
      } else {
        this.#field += chunk[at++] * 2 ** (8 * this.#read++);
        if (this.#read === this.#wanted) this.#take();
      }
      if (this.#step !== 'end' || this.#skip > 0) continue;
      pieces.push({
        bytes: chunk.subarray(from, at),
        skippable: this.#skippable,
        ends: true,
        checksum: this.#checksum,
      });
      from = at;
      this.#next('magic', 4);
    }
    if (this.#step === 'magic') {
      this.#held = chunk.slice(from);
      this.#next('magic', 4);
    } else if (from < chunk.length)
      pieces.push({ bytes: chunk.subarray(from), skippable: this.#skippable, ends: false });
    return pieces;
  }

  #next(step: Step, wanted: number): void {
    this.#step = step;
    this.#wanted = wanted;
    this.#field = 0;
    this.#read = 0;
  }

  #take(): void {
    const field = this.#field;
    switch (this.#step) {
      case 'magic':
        this.#checksum = undefined;
        this.#skippable = field >= SKIPPABLE && field <= SKIPPABLE + 15;
        if (!this.#skippable && field !== MAGIC) throw new Error('no frame begins where one should');
        this.#next(this.#skippable ? 'skippable' : 'descriptor', this.#skippable ? 4 : 1);
        break;
      case 'skippable':
        this.#skip = field;
        this.#next('end', 0);
        break;
      case 'descriptor':
        this.#hasChecksum = (field & 4) !== 0;
        this.#skip = headerBytes(field);
        this.#next('block', 3);
        break;
      case 'block': {
        const [isLast, kind, size] = [(field & 1) === 1, (field >>> 1) & 3, field >>> 3];
        if (kind === RESERVED) throw new Error('a block of no known kind');
        this.#skip = kind === RLE ? 1 : size;
        if (!isLast) this.#next('block', 3);
        else this.#next(this.#hasChecksum ? 'checksum' : 'end', this.#hasChecksum ? 4 : 0);
        break;
      }
      default:
        this.#checksum = field;
        this.#next('end', 0);
    }
  }
}

/** Of a frame's header behind its descriptor: window, dictionary, size of the content. */
function headerBytes(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >>> 6;
  const contentSize = sizeFlag === 0 ? (isSingle ? 1 : 0) : 2 ** sizeFlag;
  return (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3] + contentSize;
}
