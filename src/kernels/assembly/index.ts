// Every kernel that kernels.ts names is exported from here; one file a concern.
export { fillF64 } from './fill';
export { binColumn, scoreNodes, scoreOblivious } from './predict';
