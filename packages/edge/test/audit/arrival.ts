import { newId } from '@facepipe/service';
import type { FaceFacts } from '@facepipe/wire';

export const stream = newId();

export function arrival(seq: number, device = 'door', of = stream) {
  const facts: FaceFacts = {
    id: newId(),
    device,
    stream: of,
    seq,
    captured: new Date(0),
    frame: 0,
    frameSize: { width: 1, height: 1 },
    box: { x: 0, y: 0, width: 1, height: 1 },
    neighbors: 1,
    detector: 'none',
  };
  return { id: facts.id, facts, sha256: `${seq}` };
}

export const faces = (from: number, to: number, of = stream) =>
  Array.from({ length: to - from + 1 }, (_, i) => arrival(from + i, 'door', of));
