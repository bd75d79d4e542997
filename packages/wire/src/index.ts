export { backoff } from './backoff.js';
export { parseBroker, redact } from './broker-url.js';
export { clientIdFrom } from './client-id.js';
export { type Clock, systemClock, timeoutSignal } from './clock.js';
export { connect, openLink } from './connect.js';
export { isRival } from './contention.js';
export { defineErrors, type ErrorEntry, type ExitCode, FacepipeError, printable } from './error.js';
export { wireErrors } from './errors.js';
export { type ArgumentKind, expectArgument, expectMembers } from './expect.js';
export type { Box, FaceFacts, Size } from './face.js';
export { untilGranted } from './granted.js';
export { isId, newId } from './id.js';
export {
  encodeImage,
  type ImageFormat,
  type ImageInfo,
  inspectImage,
  type Pixels,
} from './image.js';
export { lagOf } from './lag.js';
export type { Link } from './link.js';
export type { Credentials, LinkOptions } from './link-options.js';
export {
  type Arrival,
  claimedId,
  decodeFace,
  encodeFace,
  type IncomingMessage,
  type OutgoingMessage,
  type QoS,
} from './message.js';
export { defaultMaximumPacketSize, packetSize } from './packet.js';
export { type DeadFace, decodeReceipt, encodeReceipt, type Receipt } from './receipt.js';
export { type DroppedFaces, decodeStatus, encodeStatus, type Status } from './status.js';
export { isReason } from './text.js';
export { checkFilter, checkTopic, deviceOf, fillTopic, matches } from './topic.js';
