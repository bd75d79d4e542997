/** What became of a try to sign in. */
export type SignIn =
  | { result: 'ok' | 'wrong' | 'failed' }
  /** Too many tries; the next one counts after this time. */
  | { result: 'wait'; seconds: number };

/** Whether the server wants a token, and whether this browser has given it. */
export interface Session {
  needed: boolean;
  signedIn: boolean;
}

export async function readSession(): Promise<Session> {
  const answer = await fetch('session', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`session: ${answer.status}`);
  return (await answer.json()) as Session;
}

/** The token goes into the body, never into an address. */
export async function signIn(token: string): Promise<SignIn> {
  try {
    const answer = await fetch('login', { method: 'POST', body: new URLSearchParams({ token }) });
    if (answer.ok) return { result: 'ok' };
    if (answer.status === 401) return { result: 'wrong' };
    if (answer.status === 429)
      return { result: 'wait', seconds: Number(answer.headers.get('retry-after')) || 60 };
  } catch {
    // The server is away
  }
  return { result: 'failed' };
}

/** And forgets everything that was seen. */
export async function signOut(): Promise<void> {
  try {
    await fetch('logout', { method: 'POST' });
    location.reload();
  } catch {
    // The server is away, which the page says
  }
}
