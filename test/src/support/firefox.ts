import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programIn } from './browser.js';
import { type Answers, photoName, type Question } from './browser-project.js';
import type { Site } from './site.js';
import { until } from './until.js';

const program = programIn(process.env.FIREFOX_PATH, ['firefox-esr', 'firefox']);

/** Why tests in Firefox are skipped; false when they are not. */
export const firefoxMissing: string | false = program
  ? false
  : 'Firefox is not installed: apt-get install firefox-esr, or give its path as FIREFOX_PATH';

/** No pages of its own, and no calls home. */
const preferences = {
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.normandy.enabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

interface Said {
  said: Answers[];
  complaints: string[];
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** A page in a real Firefox without a window, which has a new profile, while something is awaited of it. */
export async function inFirefox(url: string, what: string, done: () => boolean): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'facepipe-firefox-'));
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${value});`);
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const child = spawn(program ?? '', ['--headless', '--no-remote', '--profile', profile, url], {
    env: { ...process.env, HOME: profile },
    stdio: 'ignore',
  });
  try {
    await until(what, () => {
      if (child.exitCode !== null) throw new Error(`Firefox ended with ${child.exitCode}`);
      return done();
    });
  } finally {
    await end(child);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Asks the site's page: it finds the questions in its address, and posts the answers. */
export async function askFirefox(site: Site, questions: readonly Question[]): Promise<Said> {
  const asked = questions.map((question) => ({ ...question, photo: photoName }));
  const url = `${site.url}#${encodeURIComponent(JSON.stringify(asked))}`;
  const before = site.posted.length;
  await inFirefox(url, 'Firefox has answered', () => site.posted.length > before);
  return JSON.parse(site.posted[before] ?? '');
}
