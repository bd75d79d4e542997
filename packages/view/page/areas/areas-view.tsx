import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../link/page.js';
import { CameraOffline } from '../live/camera-offline.js';
import { cameraTrouble } from '../live/camera-trouble.js';
import { useCamera } from '../live/use-camera.js';
import { useRatio } from '../live/use-ratio.js';
import { Notice } from '../parts/notice.js';
import { type Shape, shapesOf } from '../state/shape.js';
import { AreaEditor } from './area-editor.js';
import { AreaList } from './area-list.js';
import { AreaOutput } from './area-output.js';
import { draft, setDraft } from './draft.js';

/** Where faces count: drawn on the picture, taken along as flags. */
export function AreasView() {
  const { hello } = usePage();
  if (!hello) return <h1 class="hidden">Areas</h1>;
  if (!hello.video) {
    return (
      <div class="areas">
        <h1>Areas</h1>
        <Notice icon="areas" title="There is no camera here to draw on">
          <p>
            Areas are part of each capture. Open the page of the capture itself, which{' '}
            <code>capture --view</code> serves, and draw them there.
          </p>
        </Notice>
      </div>
    );
  }
  return <AreasOfCamera known={shapesOf(hello.areas ?? { include: [], exclude: [] })} />;
}

function AreasOfCamera({ known }: { known: readonly Shape[] }) {
  const page = usePage();
  const canvas = useRef<HTMLCanvasElement>(null);
  useCamera(canvas, { wanted: true, rejected: false });
  const [shapes, setShapes] = useState<readonly Shape[]>(draft() ?? known);
  const [selected, setSelected] = useState<number | undefined>(shapes[0]?.id);
  useEffect(() => setDraft(shapes), [shapes]);
  const replace = (next: Shape): void =>
    setShapes(shapes.map((shape) => (shape.id === next.id ? next : shape)));
  const { ratio, isKnown } = useRatio();
  const trouble = cameraTrouble(page);
  return (
    <div class="areas" style={{ '--ratio': `${ratio}` }}>
      <h1 class="hidden">Areas</h1>
      <section class="stage" aria-label="Areas on the picture">
        <div class="screen">
          <canvas ref={canvas} role="img" aria-label="Camera" />
          {!isKnown && !trouble && <p class="over">Waiting for the first picture</p>}
          {!isKnown && trouble && <CameraOffline trouble={trouble} />}
          <AreaEditor shapes={shapes} selected={selected} onSelect={setSelected} onChange={replace} />
        </div>
        <p class="keys quiet">
          Drag a point, or move it with the arrow keys (with Shift in small steps). Drag or press a small
          point between two for one more; Delete takes one away. Drag an area to move it.
        </p>
      </section>
      <div class="rail">
        <AreaList
          shapes={shapes}
          known={known}
          selected={selected}
          onSelect={setSelected}
          onChange={setShapes}
        />
        <AreaOutput shapes={shapes} />
      </div>
    </div>
  );
}
