import type { TestContext } from 'node:test';
import { Feed, serveView, steps, type View, type ViewOptions } from '@facepipe/view';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { openPage } from '../support/browser.js';
import { photos } from '../support/browser-project.js';

const full = { width: 512, height: 512 };
const photo = sharp(`${photos}/astronaut.png`).resize(full).jpeg();

/** A day at one door: a camera, a person in view, another who was there, and the way of their pictures. */
export const visit = { now: '01JD0000000000000000000001', past: '01JD0000000000000000000002' } as const;
export const picture = { now: '01JD0000000000000000000011', past: '01JD0000000000000000000012' } as const;
export const device = 'front-door';

export interface Stage {
  feed: Feed;
  view: View;
}

/** The real server with a feed that a test fills. */
export async function serveStage(t: TestContext, options: Partial<ViewOptions> = {}): Promise<Stage> {
  const areas = {
    include: [],
    exclude: [
      [
        [0.1, 0.1],
        [0.3, 0.1],
        [0.3, 0.3],
      ],
    ],
  } as const;
  const feed = new Feed({
    version: '0.1.0',
    mode: 'demo',
    title: device,
    video: true,
    objects: true,
    steps,
    areas,
  });
  const view = await serveView({ feed, port: 0, ...options });
  t.after(() => view.close());
  return { feed, view };
}

/** Makes the camera go on, and tells of what happened before. */
export async function play(t: TestContext, { feed, view }: Stage): Promise<void> {
  const jpeg = await photo.toBuffer();
  let number = 0;
  const timer = setInterval(() => {
    const { wanted } = view.camera;
    if (!wanted) return;
    const box = { x: 180, y: 80, width: 90, height: 90 };
    const left = { box: { ...box, x: 350 }, fate: 'rejected', why: 'score 0.2' } as const;
    const seen = { box, fate: 'visit', visit: visit.now, begin: Date.now() - 4000, quality: 81 } as const;
    const candidates = wanted.rejected ? [seen, left] : [seen];
    const frame = { number: ++number, captured: new Date(), full, still: false, candidates };
    void view.camera.show({
      ...frame,
      jpeg,
      pixels: () => ({ ...full, channels: 3, data: new Uint8Array() }),
    });
  }, 100);
  t.after(() => clearInterval(timer));

  feed.hop({ hop: 'camera', title: 'Camera', detail: '/dev/video0', state: 'up', counts: { frames: 9 } });
  feed.hop({
    hop: 'edge',
    title: 'Edge broker',
    detail: 'mqtt://127.0.0.1',
    state: 'up',
    counts: { waiting: 0 },
  });
  feed.chart({ chart: 'waiting', hop: 'edge', title: 'Waiting', unit: 'faces' });
  for (const waiting of [0, 3, null, 1]) feed.sample({ waiting });
  feed.problem({ level: 'warn', text: 'A frame was slow.', device });
  const end = new Date(Date.now() - 60_000).toISOString();
  const begin = new Date(Date.now() - 70_000).toISOString();
  const ended = { visit: visit.past, begin, frames: 40, active: 0 };
  feed.visit(device, { type: 'begin', visit: visit.past, begin, active: 1 });
  face(feed, picture.past, visit.past, jpeg, Date.now() - 65_000);
  feed.visit(device, { ...ended, type: 'end', end });
  for (const step of steps) feed.step(picture.past, step);
  feed.visit(device, { type: 'begin', visit: visit.now, begin: new Date().toISOString(), active: 1 });
  face(feed, picture.now, visit.now, jpeg);
}

/** A picture of a visit, captured and no further. */
export function face(
  feed: Feed,
  id: string,
  ofVisit: string,
  bytes: Uint8Array,
  captured = Date.now(),
): void {
  const parts = { size: 70, sharpness: 80, frontality: 90, exposure: 60, edge: 100, motion: 50 };
  const known = {
    id,
    device,
    visit: ofVisit,
    captured,
    quality: 74,
    parts,
    role: 'first',
  } as const;
  feed.face({ ...known, payload: { bytes, contentType: 'image/jpeg' } });
  feed.step(id, 'captured', { at: captured });
}

/** A view of the page, and what the browser complains of. */
export async function look(
  t: TestContext,
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  t.after(() => context.close());
  return openPage(context, address);
}
