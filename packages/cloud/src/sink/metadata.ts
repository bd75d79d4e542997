import { type Arrival, encodeFace } from '@facepipe/wire';

/** S3 takes 2 kB of names and values; four texts of this length leave room for the numbers. */
const longestText = 400;
const cut = encodeURIComponent('…');

/**
 * Percent-encoded UTF-8 but for visible ASCII; what is longer than 400 bytes then ends, after a whole character, with
 * "…".
 */
function encodeText(text: string): string {
  // nearly all of them
  if (text.length <= longestText && /^[!-$&-~]*$/.test(text)) return text;
  let encoded = '';
  for (const char of text) {
    // a half surrogate pair, which encodeURIComponent refuses, becomes U+FFFD on its way through UTF-8
    const next = /[!-$&-~]/.test(char) ? char : encodeURIComponent(Buffer.from(char).toString());
    if (encoded.length + next.length > longestText) return encoded + cut;
    encoded += next;
  }
  return encoded;
}

/**
 * What is noted beside an object: the names of the message's user properties, with `sha256`; for a foreign image
 * `device`, `sha256` and `arrived`. Values are percent-encoded (decodeURIComponent reads them), because headers are
 * ASCII.
 */
export function objectMetadata(arrival: Arrival, device: string, arrived: Date): Record<string, string> {
  const { facts, topic, payload, contentType, sha256 } = arrival;
  const fields = facts
    ? { ...encodeFace(topic, facts, payload, contentType).userProperties, sha256 }
    : { device, sha256, arrived: arrived.toISOString() };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, encodeText(value)]));
}
