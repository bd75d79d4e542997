export { wireErrors } from './errors.js';
export { type Broker, parseBroker, redact } from './link/broker-url.js';
export { clientIdFrom } from './link/client-id.js';
export { connect, openLink } from './link/connect.js';
export { isRival } from './link/contention.js';
export { untilGranted } from './link/granted.js';
export type { Handler } from './link/inbox.js';
export type { Link } from './link/link.js';
export type { Credentials, LinkOptions } from './link/link-options.js';
export { defaultMaximumPacketSize, packetSize } from './link/packet.js';
export {
  type DeadLetter,
  type DeadLetterOptions,
  deadFace,
  deadLetter,
  decodeDeadLetter,
  type Undelivered,
} from './message/dead-letter.js';
export type { Box, FaceFacts, PictureKind, PictureRole, QualityParts, Size } from './message/face.js';
export { factsFromFields, factsToFields } from './message/facts.js';
export {
  encodeImage,
  type ImageFormat,
  type ImageInfo,
  inspectImage,
  type Pixels,
} from './message/image.js';
export { lagOf } from './message/lag.js';
export {
  type Arrival,
  claimedId,
  decodeFace,
  encodeFace,
  type IncomingMessage,
  type OutgoingMessage,
  type QoS,
} from './message/message.js';
export { type DeadFace, decodeReceipt, encodeReceipt, type Receipt } from './message/receipt.js';
export { type DroppedFaces, decodeStatus, encodeStatus, type Status } from './message/status.js';
export { isReason } from './message/text.js';
export { checkFilter, checkTopic, deviceOf, fillTopic, matches } from './message/topic.js';
export { noDevice, topicFilters, topics } from './message/topics.js';
export { decodeVisit, encodeVisit, type VisitMessage } from './message/visit.js';
