export { type EmbeddedBroker, type EmbeddedBrokerOptions, startBroker } from './broker/embedded.js';
export { Captor, type CaptorOptions, type CaptureTotals } from './capture/captor.js';
export { Courier, type CourierEvent, type CourierOptions, type CourierTotals } from './capture/courier.js';
export { cliErrors } from './error.js';
export {
  type ForwardEvent,
  type Forwarder,
  type ForwarderOptions,
  startForwarder,
} from './forward/forwarder.js';
export { commands } from './parse/command.js';
export { sourceErrors } from './source/error.js';
export { decodeImage, type Picture } from './source/image.js';
export { openSource } from './source/open.js';
export type { Frame, Source, SourceOptions } from './source/source.js';
export { spoolErrors } from './spool/error.js';
export type { SpooledFace } from './spool/face.js';
export type { Identity } from './spool/intake.js';
export { openSpool } from './spool/open.js';
export type { DroppedRange, DropReason, SeqRange } from './spool/range.js';
export type { Spool, SpoolOptions, SpoolRepair, SpoolStats } from './spool/spool.js';
