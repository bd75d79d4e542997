import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Feed } from '../feed/feed.js';
import type { PictureView } from '../protocol.js';

/** An object of the store. */
export interface StoredObject {
  body: Uint8Array;
  contentType: string;
}

export interface ImageOptions {
  /** What the page shows. */
  feed: Feed;
  /** Reads the object of a picture from the store; undefined where there is none. Default: none can be opened. */
  object?: (picture: PictureView) => Promise<StoredObject | undefined>;
}

/** An id is a ULID, or a SHA-256. */
const id = { type: 'string', pattern: '^[0-9A-Za-z]{26,64}$' } as const;
const named = { schema: { params: { type: 'object', properties: { id } } } } as const;
type Named = { Params: { id: string } };

/** Under its id an image is always the same. */
const forGood = 'private, max-age=31536000, immutable';

const send = (reply: FastifyReply, bytes: Uint8Array, contentType: string): FastifyReply =>
  reply
    .header('cache-control', forGood)
    .type(contentType)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));

/** The pictures that are still kept, and the objects of the store. */
export function addImages(server: FastifyInstance, { feed, object }: ImageOptions): void {
  server.get<Named>('/pictures/:id', named, (request, reply) => {
    const picture = feed.payload(request.params.id);
    if (!picture) return reply.code(404).send({ message: 'This picture is no longer kept here.' });
    return send(reply, picture.bytes, picture.contentType);
  });
  server.get<Named>('/objects/:id', named, async (request, reply) => {
    const picture = feed.picture(request.params.id);
    const stored = picture && (await object?.(picture));
    if (!stored) return reply.code(404).send({ message: 'The store has no such object.' });
    return send(reply, stored.body, stored.contentType);
  });
}
