import { memo } from 'preact/compat';
import type { Step } from '../../src/protocol.js';
import { FacePicture } from '../parts/face-picture.js';
import { Quality } from '../parts/quality.js';
import { Stepper } from '../parts/stepper.js';
import { Age, Ago } from '../parts/time.js';
import { bestPicture, type VisitRow } from '../state/visit-rows.js';
import { span } from '../state/words.js';

interface Properties {
  row: VisitRow;
  href: string;
  /** Whether the device is said. */
  device: boolean;
  steps: readonly Step[];
  /** Whether it is the one that stands beside the list. */
  isOpen: boolean;
}

/** One visit in the list; a link to all that is known of it. */
export const VisitItem = memo(({ row, href, device, steps, isOpen }: Properties) => {
  const best = bestPicture(row);
  const latest = row.pictures.at(-1);
  return (
    <li>
      <a href={href} {...(isOpen && { 'aria-current': 'true' })}>
        <span class="pictures">
          <FacePicture id={best?.id} kept={best?.kept ?? false} name="Face" />
          {row.pictures.length > 1 && <span class="times">{row.pictures.length}</span>}
        </span>
        <span class="when">
          <Ago time={row.begin} />
          <Duration row={row} />
        </span>
        {device && <span class="device">{row.device}</span>}
        <Quality quality={row.visit?.quality ?? best?.quality} parts={best?.parts} />
        {latest ? (
          <Stepper picture={latest} steps={steps} />
        ) : (
          <span class="way quiet">
            {row.visit?.end === undefined ? 'No picture yet' : 'No picture was good enough'}
          </span>
        )}
      </a>
    </li>
  );
});

/** How long it was, or for how long it has been in view. */
export function Duration({ row: { visit } }: { row: VisitRow }) {
  if (!visit) return null;
  if (visit.end !== undefined) return <span class="quiet">{span(visit.end - visit.begin)}</span>;
  return (
    <span class="now">
      In view, <Age since={visit.begin} />
    </span>
  );
}
