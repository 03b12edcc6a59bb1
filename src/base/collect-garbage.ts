/**
 * Asks V8 to collect its garbage now. Large buffers (WebAssembly memories, columns) hang on small objects, which V8 sees no
 * need to collect by itself: a workflow of several phases calls this between them so that their memories do not add up.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Some ten milliseconds. Changes nothing but the memory held. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
