import type { CaptureEvent } from '@facepipe/edge/capture';
import type { Frame, Source } from '@facepipe/edge/source';
import { factsFromFields } from '@facepipe/wire';
import { VisitTally, type VisitTotals } from './visit-tally.js';

/** The demo's own scene, whose visits are known, and what is sent of them. */
export interface DemoTruth {
  /** The scene; its frames are noted as they come. */
  readonly source: Source;
  /** Told what the capture tells, whose pictures are counted. */
  hear(event: CaptureEvent): void;
  /** So far, or, once all visits are over, of the whole run. */
  totals(over?: boolean): VisitTotals;
}

/** @param visitGap out of view for longer than this ends a visit, ms */
export function watchTruth(source: Source, visitGap: number): DemoTruth {
  const tally = new VisitTally(visitGap);

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    for await (const frame of source.frames(signal)) {
      tally.see(frame.captured.getTime(), frame.truth ?? []);
      yield frame;
    }
  }

  return {
    source: {
      name: source.name,
      live: source.live,
      get corrupt() {
        return source.corrupt;
      },
      frames,
    },
    hear(event) {
      if (event.type !== 'face') return;
      const { captured, box } = factsFromFields(event.message.userProperties ?? {});
      tally.sent(captured.getTime(), box);
    },
    totals: (over = false) => tally.totals(over),
  };
}
