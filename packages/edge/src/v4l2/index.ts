export type { Control } from './control.js';
export { type Camera, findCamera, surveyCameras } from './find.js';
export { isRead } from './format.js';
export type { FormatOffer, Rates, SizeOffer, Span } from './offer.js';
