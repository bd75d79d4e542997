import type { PictureView } from '../../src/protocol.js';
import { FacePicture } from '../parts/face-picture.js';
import { Clock } from '../parts/time.js';

interface Properties {
  pictures: readonly PictureView[];
  chosen: string;
  onChoose: (id: string) => void;
}

const roles = { first: 'First', best: 'Best', every: 'One of all' } as const;

/** The pictures of one visit, to choose from. */
export function PictureStrip({ pictures, chosen, onChoose }: Properties) {
  return (
    <div class="strip">
      {pictures.map(({ id, kept, role, captured }) => (
        <button key={id} type="button" aria-pressed={id === chosen} onClick={() => onChoose(id)}>
          <FacePicture id={id} kept={kept} name="" />
          <span>
            {role ? roles[role] : 'Picture'} <Clock time={captured} />
          </span>
        </button>
      ))}
    </div>
  );
}
