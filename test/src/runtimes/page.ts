import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium, openPage } from '../support/browser.js';
import { isolation } from '../support/browser-project.js';
import { inFirefox } from '../support/firefox.js';
import { type Site, type SiteOptions, serveSite } from '../support/site.js';
import { until } from '../support/until.js';
import type { Answers, Check, Place } from './runtime.js';

/** What is asked of each part of a page. */
export type Asked = Record<string, readonly Check[]>;

type Browse = (url: string, answered: () => boolean) => Promise<string[]>;

export const inChromium: Browse = async (url, answered) => {
  const browser = await launchChromium();
  try {
    const { complaints } = await openPage(browser, url);
    await until(
      () => `the page has answered; it complains: ${complaints.join('; ')}`,
      () => answered() || complaints.length > 0,
    );
    return complaints;
  } finally {
    await browser.close();
  }
};

export const inFirefoxEsr: Browse = async (url, answered) => {
  await inFirefox(url, 'Firefox has answered', answered);
  return [];
};

/** Another Chromium than Debian's, which can be asked through its address alone. */
export function inProgram(path: string): Browse {
  return async (url, answered) => {
    const profile = mkdtempSync(join(tmpdir(), 'facepipe-chrome-'));
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`];
    // without a port it ends as soon as the page is loaded
    const child = spawn(path, [...flags, '--remote-debugging-port=0', url], { stdio: 'ignore' });
    try {
      await until('the old browser has answered', () => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
        return answered();
      });
      return [];
    } finally {
      if (child.exitCode === null) {
        child.kill();
        await once(child, 'exit');
      }
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    }
  };
}

/** A site with these folders and the inputs, as isolated pages need it. */
export async function serve(place: Place, folders: string[], options: SiteOptions = {}): Promise<Site> {
  const headers = { ...isolation, 'cross-origin-resource-policy': 'cross-origin', ...options.headers };
  const site = await serveSite([...folders, place.inputs], { ...options, headers });
  place.after(() => site.close());
  return site;
}

/**
 * The answers of the page at an address, which test/runtimes/shared/ask.js gives; they go to the site.
 * @throws what the page complains of
 */
export async function askPage(
  site: Site,
  asked: Asked,
  browse: Browse = inChromium,
  url = site.url,
): Promise<Record<string, Answers>> {
  const before = site.posted.length;
  const question = encodeURIComponent(JSON.stringify({ to: `${site.url}answers`, asked }));
  const complaints = await browse(`${url}#${question}`, () => site.posted.length > before);
  const answer = site.posted[before];
  const { said, complaints: own } = JSON.parse(answer ?? '{ "said": {}, "complaints": ["no answer"] }');
  const missed = site.sent.filter(({ status }) => status !== 200).map(({ path }) => `${path} is not there`);
  const all = [...complaints, ...own, ...missed];
  if (all.length > 0)
    throw new Error(`the page complains: ${all.join('; ')}; it said ${answer?.slice(0, 2000)}`);
  return said;
}
