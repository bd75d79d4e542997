import { systemClock } from '@facepipe/service';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from './access.js';

const cookieName = 'facepipe_view';
/** Tries to enter the token a minute, from one address. */
const maxTries = 5;

/** What a browser has once it is signed in. */
export const keyOf = ({ cookies }: FastifyRequest): string | undefined => cookies[cookieName];

/** Whether the browser's own connection is encrypted, here or at a proxy before this. */
const isEncrypted = ({ headers, protocol }: FastifyRequest): boolean =>
  protocol === 'https' || headers['x-forwarded-proto'] === 'https';

/** The way in: the token is entered once, and a cookie that no script can read stands for it from then on. */
export function addSession(server: FastifyInstance, access: Access): void {
  server.get('/session', (request, reply) => {
    const signedIn = access.isSignedIn(keyOf(request), systemClock.now());
    return reply.header('cache-control', 'no-store').send({ needed: access.needed, signedIn });
  });
  server.post(
    '/login',
    { config: { rateLimit: { max: maxTries, timeWindow: 60_000 } } },
    (request, reply) => {
      const { token } = (request.body ?? {}) as { token?: unknown };
      const session = typeof token === 'string' ? access.signIn(token, systemClock.now()) : undefined;
      if (!session) return reply.code(401).send({ message: 'This is not the token.' });
      const secure = isEncrypted(request);
      // without a path it is that of the page, whatever path a proxy serves it under
      const flags = { httpOnly: true, sameSite: 'strict', secure, maxAge: session.maxAge } as const;
      return reply.setCookie(cookieName, session.key, flags).code(204).send();
    },
  );
  server.post('/logout', (request, reply) => {
    access.signOut(keyOf(request));
    return reply.clearCookie(cookieName).code(204).send();
  });
}
