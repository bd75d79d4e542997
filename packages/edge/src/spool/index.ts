export type { SpooledFace } from './face.js';
export { openSpool } from './open.js';
export type { DroppedRange, DropReason, SeqRange } from './range.js';
export type { Spool, SpoolOptions, SpoolRepair, SpoolStats } from './spool.js';
export { spoolErrors } from './spool-error.js';
export type { SpoolClock } from './time.js';
export type { FaceIdentity } from './write-queue.js';
