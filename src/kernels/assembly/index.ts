// Every kernel that kernels.ts names is exported from here; one file a concern.
export { fillF64 } from './fill';
export { growForestTree } from './random-forest';
export { castForestVotes } from './random-forest-votes';
