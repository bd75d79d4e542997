import { useEffect, useRef, useState } from 'preact/hooks';
import { useLink } from '../link/page.js';
import { type SignIn as Answer, signIn } from '../link/session.js';
import { Countdown } from './time.js';
import { Wordmark } from './wordmark.js';

/** Asks for the token. What it is and where it lies is said; it is never part of an address. */
export function SignIn() {
  const { connection } = useLink();
  const token = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  const [until, setUntil] = useState(0);
  useEffect(() => token.current?.focus(), []);
  useEffect(() => {
    if (answer?.result !== 'wait') return;
    const timer = window.setTimeout(() => setAnswer(undefined), answer.seconds * 1000);
    return () => window.clearTimeout(timer);
  }, [answer]);

  const submit = async (): Promise<void> => {
    setBusy(true);
    const next = await signIn(token.current?.value ?? '');
    setBusy(false);
    if (next.result === 'ok') {
      connection.retry();
      return;
    }
    if (next.result === 'wait') setUntil(Date.now() + next.seconds * 1000);
    setAnswer(next);
    token.current?.select();
  };
  const isWaiting = answer?.result === 'wait';
  return (
    <main class="sign-in">
      <Wordmark />
      <h1>Sign in</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label for="token">Token</label>
        <input
          ref={token}
          id="token"
          type="password"
          autocomplete="current-password"
          required
          aria-invalid={answer?.result === 'wrong'}
          aria-describedby="answer hint"
        />
        <p id="answer" role="alert" class="bad">
          {answer?.result === 'wrong' && 'This is not the token.'}
          {answer?.result === 'failed' && 'The server does not answer. Try again.'}
          {isWaiting && 'Too many tries.'}
        </p>
        {isWaiting && (
          <p class="quiet">
            The next try counts in <Countdown until={until} />.
          </p>
        )}
        <button type="submit" class="main" disabled={isBusy || isWaiting}>
          Sign in
        </button>
        <p id="hint" class="quiet">
          The token is the first line of the file that was given as <code>--view-token-file</code>.
        </p>
      </form>
    </main>
  );
}
