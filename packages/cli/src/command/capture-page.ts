import type { Capture, CaptureEvent, CaptureWatcher } from '@facepipe/edge/capture';
import { Feed, type Hello, type Polygon } from '@facepipe/view';
import { CaptureFeed } from './capture-feed.js';
import { type PageFlags, pagedLog, type ReadObject, servePage } from './page.js';
import type { Session } from './session.js';

/** Corners in fractions of the frame. */
type Corners = readonly { x: number; y: number }[];

export interface CapturePageOptions {
  mode: 'demo' | 'capture';
  flags: PageFlags & { name: string; include?: readonly Corners[]; exclude?: readonly Corners[] };
  session: Session;
  /** Of the camera, for the page. */
  source: string;
  /** Names of the brokers in the spool. */
  brokers: readonly string[];
  /** The steps of a face that are seen. */
  steps: Hello['steps'];
  /** Default: none can be opened. */
  object?: ReadObject;
}

/** The page of a capture that is about to start. */
export interface CapturePage {
  readonly feed: Feed;
  /** The session's, whose warnings and errors are on the page, too. */
  readonly log: Session['log'];
  readonly watcher: CaptureWatcher;
  take(event: CaptureEvent): void;
  /** Follows the counts until the page is closed. @param more points of other charts */
  follow(running: Capture, more?: () => Record<string, number | null>): void;
  close(): Promise<void>;
}

const polygonOf = (corners: Corners): Polygon => corners.map(({ x, y }) => [x, y] as const);

/** @throws FACEPIPE_E_FILE, and what `serveView` throws */
export async function openCapturePage(options: CapturePageOptions): Promise<CapturePage> {
  const { mode, flags, session, source, brokers, steps, object } = options;
  const { name, include = [], exclude = [] } = flags;
  const areas = { include: include.map(polygonOf), exclude: exclude.map(polygonOf) };
  const { version } = session;
  const objects = object !== undefined;
  const feed = new Feed({ version, mode, title: name, video: true, objects, steps, areas });
  const receipts = steps.includes('receipt');
  const captureFeed = new CaptureFeed({ feed, name, source, version, brokers, receipts });
  const view = await servePage(feed, flags, session, object);
  let stop = () => {};
  return {
    feed,
    log: pagedLog(session.log, feed),
    watcher: {
      get wanted() {
        return view.camera.wanted;
      },
      get viewers() {
        return view.viewers;
      },
      show: (frame) => void view.camera.show(frame),
    },
    take: (event) => captureFeed.take(event),
    follow: (running, more) => {
      stop = captureFeed.follow(running, more);
    },
    close: async () => {
      stop();
      await view.close();
    },
  };
}
