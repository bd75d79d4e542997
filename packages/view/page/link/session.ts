/** What became of a try to sign in. */
export type SignIn =
  | { result: 'ok' | 'wrong' | 'failed' }
  /** Too many tries; the next one counts after this time. */
  | { result: 'wait'; seconds: number };

/** Whether the server wants a token first. */
export async function needsSignIn(): Promise<boolean> {
  const answer = await fetch('session', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`session: ${answer.status}`);
  const { needed, signedIn } = (await answer.json()) as { needed: boolean; signedIn: boolean };
  return needed && !signedIn;
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

export async function signOut(): Promise<void> {
  await fetch('logout', { method: 'POST' });
}
