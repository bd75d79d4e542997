import { usePage } from '../link/page.js';
import { FacePicture } from '../parts/face-picture.js';
import { Quality } from '../parts/quality.js';
import { Stepper } from '../parts/stepper.js';
import { Ago } from '../parts/time.js';
import { hashOf } from '../state/route.js';

/** As many as are of use at a glance; all are in Visits. */
const shown = 18;

/** The latest pictures as they arrive, the newest first. */
export function LatestPictures() {
  const { pictures, hello, told } = usePage();
  const latest = [...pictures.values()].sort((a, b) => b.captured - a.captured).slice(0, shown);
  return (
    <section class="latest" aria-labelledby="latest">
      <h2 id="latest">Latest pictures</h2>
      {told && latest.length === 0 && (
        <p class="quiet">
          Nobody yet. Step in front of the camera: the best picture comes after some seconds.
        </p>
      )}
      <ol>
        {latest.map((picture) => (
          <li key={picture.id}>
            <a href={hashOf({ view: 'visits', open: picture.visit ?? picture.id })}>
              <FacePicture id={picture.id} kept={picture.kept} name="Face" />
              <span class="about">
                <Ago time={picture.captured} />
                <Quality quality={picture.quality} parts={picture.parts} />
                <Stepper picture={picture} steps={hello?.steps ?? []} />
              </span>
            </a>
          </li>
        ))}
      </ol>
      {latest.length > 0 && (
        <p>
          <a href={hashOf({ view: 'visits' })}>All visits</a>
        </p>
      )}
    </section>
  );
}
