import { type Arrival, type DeadFace, printable } from '@facepipe/wire';

/** A face as `facepipe log` shows it; `device` is the topic level, which the broker guards. */
export interface FaceLine extends Arrival {
  device?: string;
}

/** One line of JSON: what is known of the face, without its pixels. */
function faceObject({ id, device, facts, topic, contentType, width, height, payload, sha256 }: FaceLine) {
  const image = { contentType, width, height, bytes: payload.length, sha256 };
  if (!facts) return { id, device, topic, image };
  const { stream, seq, captured, frame, frameSize, box, neighbors, track, detector } = facts;
  return {
    id,
    device,
    stream,
    seq,
    captured: captured.toISOString(),
    frame,
    frameSize,
    box,
    neighbors,
    track,
    detector,
    topic,
    image,
  };
}

const size = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

/** Text from the network is escaped: it cannot repaint the terminal or forge a line. */
export function formatFace(face: FaceLine, json: boolean): string {
  if (json) return JSON.stringify(faceObject(face));
  const { id, device = '-', facts, payload, extension, width, height } = face;
  const picture = `${extension} ${width}x${height} ${size(payload.length)}`;
  if (!facts) return `face     ${printable(device)}  ${picture}  ${id} (no facts: from a foreign publisher)`;
  const { box, captured, seq, neighbors } = facts;
  const place = `${box.width}x${box.height}+${box.x}+${box.y}`;
  return `face     ${printable(device)}  ${captured.toISOString()}  seq ${seq}  ${place}  neighbors ${neighbors}  ${picture}  ${id}`;
}

export function formatReceipt(device: string, ids: readonly string[], json: boolean): string {
  if (json) return JSON.stringify({ device, stored: ids });
  return `stored   ${printable(device)}  ${ids.length} ${ids.length === 1 ? 'face' : 'faces'}  ${ids.map(printable).join(' ')}`;
}

export function formatDead(device: string, dead: readonly DeadFace[], json: boolean): string {
  if (json) return JSON.stringify({ device, dead });
  return dead.map(({ id, reason }) => `dead     ${printable(device)}  ${reason}  ${id}`).join('\n');
}
