import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folderModeOf, openStore } from '@facepipe/cloud';
import { type CaptureEvent, startCapture } from '@facepipe/edge/capture';
import { createFaceDetector } from '@facepipe/edge/detect';
import { Closing } from '@facepipe/service';
import { steps } from '@facepipe/view';
import type { CommandOptions } from '../parse/command.js';
import { formatKept, formatTotals, formatVisits } from '../print/totals.js';
import { openCamera } from './camera.js';
import { logCapture } from './capture-log.js';
import { openCapturePage } from './capture-page.js';
import { openLine } from './demo-line.js';
import { watchTruth } from './demo-truth.js';
import {
  cameraDefaults,
  faceCaptureOptions,
  lookedForBy,
  readDetection,
  regionOptions,
  visitOptions,
} from './detection.js';
import { contentsOf, makeFolder } from './folder.js';
import { checkLeftOut, unreadOf } from './left-out.js';
import { readObject } from './page.js';
import type { Session } from './session.js';
import { demoSource, sourceOptions } from './source.js';

/** Seconds: as a capture's, and its forwarder and sink are on this machine. */
const drains = 15;
/** ms: nothing of a demo waits for days. */
const receiptTimeout = 10_000;

/**
 * The whole pipeline in one process, as on two machines: capture → edge broker → forwarder → cloud broker → sink →
 * folder, and the receipts back to the edge's logger. Ends with totals that agree.
 */
export async function demo(options: CommandOptions<'demo'>, session: Session): Promise<void> {
  const { signal } = session;
  const bucket = join(resolve(options.data), 'bucket');
  const mode = options['store-mode'];
  makeFolder('data', resolve(options.data), folderModeOf(mode));
  const closing = new Closing();
  try {
    const spec = options.source ?? (await demoSource(session.log));
    const { source, stall } = await openCamera(spec, sourceOptions(options, session));
    const truth = spec === 'demo' ? watchTruth(source, options['visit-gap']) : undefined;
    const looking = await readDetection(options, cameraDefaults);
    const detector = closing.add(await createFaceDetector(looking.detector));
    const store = closing.add(openStore(pathToFileURL(bucket).href, { mode }));
    const page = closing.add(
      await openCapturePage({
        mode: 'demo',
        flags: options,
        session,
        source: source.name,
        brokers: ['edge'],
        steps,
        object: async ({ key }) => (key === undefined ? undefined : readObject(store, key)),
      }),
    );
    const { log } = page;
    const line = await openLine(store, { ...session, log }, closing, page.feed);
    page.feed.hop({ hop: 'edge edge', detail: line.edge });
    const say = logEdge(log);
    const running = await startCapture(
      {
        ...faceCaptureOptions(options),
        visits: visitOptions(options),
        ...regionOptions(options),
        detection: looking.detection,
        source: truth?.source ?? source,
        ...(stall !== undefined && { stall }),
        detector,
        version: session.version,
        spool: { folder: join(resolve(options.data), 'spool') },
        brokers: [{ name: 'edge', link: { url: line.edge, clientId: line.clientId } }],
        until: 'stored',
        receiptTimeout,
        topic: line.topic,
        watcher: page.watcher,
        onEvent: (event) => {
          page.take(event);
          truth?.hear(event);
          say(event);
        },
      },
      signal,
    );
    closing.afterwards(() => running.stop());
    page.follow(running, line.sample);
    log.info(
      `${source.name} → edge broker ${line.edge} → forwarder → cloud broker ${line.cloud} → sink → ${bucket}`,
    );
    log.info(lookedForBy(detector, looking));
    log.info(`watch the faces with: npx facepipe log --broker ${line.edge}`);
    const totals = (over = false) => {
      const { frames, captured, contexts, published, earlier, dead, spooled, lost } = running.totals;
      const { forwarded, stored, duplicates } = line;
      const unread = unreadOf(spec, running.totals);
      const around = options.context !== undefined && { contexts };
      const before = earlier > 0 && { earlier };
      const edgeHops = { captured, ...around, published, ...before };
      const hops = { ...edgeHops, forwarded, stored, duplicates, dead, spooled, lost };
      return formatTotals({ frames, ...unread, ...hops, ...truth?.totals(over) }, session.json);
    };
    session.begin({ drains, totals: () => totals() });
    session.progress.start(() => {
      const { frames, skipped, captured, published } = running.totals;
      const edgeHops = `frames ${frames} (skipped ${skipped})  faces ${captured}  published ${published}  logged ${line.logged}`;
      const cloudHops = `forwarded ${line.forwarded}  stored ${line.stored}  receipts ${line.receipts}`;
      const visits = truth ? `${formatVisits(truth.totals())}  ` : '';
      return `${edgeHops}  ${cloudHops}  ${visits}lag ${Math.round(line.lag)} ms`;
    });
    const fault = await running.ended;
    session.progress.stop();
    const noun = options.context === undefined ? 'face' : 'picture';
    const kept = formatKept(bucket, await contentsOf(bucket), noun);
    // for programs the totals are all there is on stdout
    if (session.json) log.info(kept);
    session.out(totals(true));
    if (!session.json) session.out(kept);
    if (fault) throw fault;
    checkLeftOut(spec, source, running.totals, running.totals.lost);
  } finally {
    await closing.close();
  }
}

/** As of a capture; its broker is one of the demo's own parts. */
function logEdge(log: Session['log']): (event: CaptureEvent) => void {
  const say = logCapture(log, ['edge']);
  return (event) => {
    if (event.type === 'connected') log.debug(`connected to ${event.url}`);
    else if (event.type === 'away') log.warn(event.error.message);
    else if (event.type !== 'face' && event.type !== 'connecting') say(event);
  };
}
