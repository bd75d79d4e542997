import { usePage } from '../link/page.js';
import { FacePicture } from '../parts/face-picture.js';
import { Quality } from '../parts/quality.js';
import { Age } from '../parts/time.js';
import { hashOf } from '../state/route.js';
import { bestPicture } from '../state/visit-rows.js';

/** The visits that last, with their age. */
export function InView() {
  const { visits, pictures } = usePage();
  const open = [...visits.values()].filter(({ end }) => end === undefined).sort((a, b) => a.begin - b.begin);
  return (
    <section class="in-view" aria-labelledby="in-view">
      <h2 id="in-view">
        In view <span class="count">{open.length}</span>
      </h2>
      {open.length === 0 && <p class="quiet">Nobody now.</p>}
      <ul>
        {open.slice(0, 8).map((visit) => {
          const own = visit.pictures.flatMap((id) => pictures.get(id) ?? []);
          const best = bestPicture({
            id: visit.visit,
            device: visit.device,
            begin: visit.begin,
            pictures: own,
          });
          return (
            <li key={visit.visit}>
              <a href={hashOf({ view: 'visits', open: visit.visit })}>
                <FacePicture id={best?.id} kept={best?.kept ?? false} name="Best so far" />
                <span>
                  <Age since={visit.begin} />
                </span>
                <Quality quality={visit.quality ?? best?.quality} parts={best?.parts} />
              </a>
            </li>
          );
        })}
      </ul>
      {open.length > 8 && <p class="quiet">And {open.length - 8} more.</p>}
    </section>
  );
}
