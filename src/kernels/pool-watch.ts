/**
 * The watch of a kernel pool, a thread that does nothing but hear: it counts the workers that end, by exit, error, a heap
 * that is full or from without, and wakes the caller, who is blocked and hears nothing. It does not mend anything.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Control, type PoolWatchData } from './pool.js';

const { control: controlBuffer, inbox } = workerData as PoolWatchData;
const control = new Int32Array(controlBuffer);
const lives = receiveMessageOnPort(inbox)?.message as MessagePort[];

for (const life of lives) {
  life.on('close', () => {
    Atomics.add(control, Control.Gone, 1);
    Atomics.notify(control, Control.Done);
  });
  life.ref();
}
