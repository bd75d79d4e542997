import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Frame } from '../link/frames.js';
import { useLink, usePage } from '../link/page.js';
import { Icon } from '../parts/icon.js';
import { CameraOffline } from './camera-offline.js';
import { cameraTrouble } from './camera-trouble.js';
import { drawCandidates, isLeftOut } from './overlay.js';
import { useCamera } from './use-camera.js';

/** What is told of the frames beside them; as seldom as it changes. */
interface Reading {
  rate: number;
  width: number;
  height: number;
  still: boolean;
  visits: number;
  leftOut: number;
}

/** The camera's picture, large once one is known, with boxes over it and its switches below. */
export function Stage({ isKnown }: { isKnown: boolean }) {
  const page = usePage();
  const { frames } = useLink();
  const picture = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const [rejected, setRejected] = useState(false);
  const [isPaused, setPaused] = useState(false);
  const [reading, setReading] = useState<Reading>();
  const times = useRef<number[]>([]);

  const drawn = useCallback(
    ({ head, bitmap }: Frame) => {
      if (overlay.current) drawCandidates(overlay.current, head, head.captured, rejected);
      const at = performance.now();
      times.current = [...times.current.filter((time) => at - time < 2000), at];
      const leftOut = head.candidates.filter(isLeftOut).length;
      const visits = head.candidates.length - leftOut;
      const next = {
        rate: 0,
        width: bitmap.width,
        height: bitmap.height,
        still: head.still,
        visits,
        leftOut,
      };
      setReading((known) => (known && same(known, next) ? known : { ...next, rate: known?.rate ?? 0 }));
    },
    [rejected],
  );
  useCamera(picture, { wanted: !isPaused, rejected, drawn });

  useEffect(() => {
    const timer = window.setInterval(() => {
      const at = performance.now();
      const rate = times.current.filter((time) => at - time < 2000).length / 2;
      setReading((known) => known && { ...known, rate });
    }, 1000);
    return () => window.clearInterval(timer);
  }, []);

  // The boxes are sharp at every size, so a new size draws them again
  useEffect(() => {
    const { current } = overlay;
    if (!current) return;
    const observer = new ResizeObserver(() => {
      const last = frames.last();
      if (last) drawCandidates(current, last.head, last.head.captured, rejected);
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [frames, rejected]);

  const trouble = cameraTrouble(page);
  const seen = reading ? `${reading.visits} in the picture` : 'no picture yet';
  return (
    <section class="stage" aria-label="Camera">
      <div class="screen">
        <canvas ref={picture} role="img" aria-label={`Camera: ${seen}`} />
        <canvas ref={overlay} />
        {!isKnown && !trouble && <p class="over">Waiting for the first picture</p>}
        {trouble && <CameraOffline trouble={trouble} />}
        {isPaused && <p class="over paused">Paused</p>}
      </div>
      <div class="switches">
        <p class="facts">
          {reading && !trouble && !isPaused && (
            <>
              <span>
                <b>{reading.rate.toFixed(reading.rate < 10 ? 1 : 0)}</b> frames/s
              </span>
              <span>
                {reading.width} × {reading.height}
              </span>
              <span class={reading.still ? '' : 'hidden-keep'}>Nothing moves</span>
            </>
          )}
        </p>
        <button type="button" aria-pressed={rejected} onClick={() => setRejected(!rejected)}>
          Show left out{rejected && reading ? ` (${reading.leftOut})` : ''}
        </button>
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          <Icon name={isPaused ? 'play' : 'pause'} />
          {isPaused ? 'Go on' : 'Pause'}
        </button>
      </div>
    </section>
  );
}

function same(a: Reading, b: Reading): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.still === b.still &&
    a.visits === b.visits &&
    a.leftOut === b.leftOut
  );
}
