import type { ComponentChildren } from 'preact';
import type { PictureView } from '../../src/protocol.js';
import { Icon } from '../parts/icon.js';
import { Clock } from '../parts/time.js';
import { bytes, plural } from '../state/words.js';

interface Properties {
  picture: PictureView;
  /** Of its visit. */
  frames: number | undefined;
  /** Whether objects can be opened. */
  objects: boolean;
}

const roles = { first: 'First good one', best: 'Best of the visit', every: 'Every one' } as const;

export function PictureFacts({ picture, frames, objects }: Properties) {
  const { id, role, captured, verify, box, frame, key } = picture;
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Captured', <Clock key="time" time={captured} />],
    ['Role', role && roles[role]],
    ['Seen in', frames !== undefined && plural(frames, 'frame')],
    ['Network’s score', verify?.toFixed(2)],
    [
      'Face',
      box &&
        `${Math.round(box.width)} × ${Math.round(box.height)} px at ${Math.round(box.x)}, ${Math.round(box.y)}`,
    ],
    ['Frame', frame && `${frame.width} × ${frame.height} px`],
    ['Size', bytes(picture.bytes)],
    ['Id', <code key="id">{id}</code>],
    ['Key', key && <code key="key">{key}</code>],
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {objects && picture.steps.stored !== undefined && (
        <p>
          <a class="button" href={`objects/${encodeURIComponent(id)}`} target="_blank" rel="noreferrer">
            <Icon name="out" />
            Open the object in the store
          </a>
        </p>
      )}
    </>
  );
}
