import { newId } from '@facepipe/service';
import { faceFacts } from '../../../wire/dist-test/face-facts.js';

export const stream = newId();

export function arrival(seq: number, device = 'door', of = stream) {
  const facts = faceFacts({ device, stream: of, seq });
  return { id: facts.id, facts, sha256: `${seq}` };
}

export const faces = (from: number, to: number, of = stream) =>
  Array.from({ length: to - from + 1 }, (_, i) => arrival(from + i, 'door', of));
