import { useLink, usePage } from '../link/page.js';
import { Icon } from './icon.js';
import { Countdown } from './time.js';

/** Told once by the announcer; the seconds are for the eye. */
export function LostBanner() {
  const { connection: state } = usePage();
  const { connection } = useLink();
  if (state.phase !== 'lost') return null;
  return (
    <section class="lost-banner" aria-label="Connection">
      <Icon name="warn" />
      <p>
        <strong>Connection lost.</strong> Trying again in <Countdown until={state.retryAt} />.
      </p>
      <button type="button" onClick={() => connection.retry()}>
        Try now
      </button>
    </section>
  );
}
