import { Icon } from '../parts/icon.js';
import { For } from '../parts/time.js';
import type { CameraTrouble } from './camera-trouble.js';

/** Over the last picture, so that nobody takes it for the present. */
export function CameraOffline({ trouble: { reason, since, help } }: { trouble: CameraTrouble }) {
  return (
    <div class="over trouble">
      <Icon name="camera" />
      <strong>
        Camera offline
        {since !== undefined && (
          <>
            {' '}
            for <For since={since} />
          </>
        )}
      </strong>
      <span>{reason}</span>
      {help !== undefined && (
        <a href={help} target="_blank" rel="noreferrer">
          What to do
        </a>
      )}
    </div>
  );
}
