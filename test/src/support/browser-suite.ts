import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, openPage } from './browser.js';
import { type Answers, askNode, makeProject, photos, type Question } from './browser-project.js';
import { type Site, type SiteOptions, serveSite } from './site.js';

interface PageOptions extends SiteOptions {
  /** a folder of the project, as of a build; default the project itself */
  within?: string;
  /** default the suite's Chromium */
  browser?: Browser;
}

/** What the tests of a suite have in common. */
export interface BrowserSuite {
  /** of the project */
  readonly folder: string;
  readonly browser: Browser;
  /** what Node answers to the suite's question */
  readonly expected: Answers;
  /** Serves the project with the photographs beside it and opens its page; both end with the test. */
  open(t: TestContext, options?: PageOptions): Promise<{ site: Site; page: Page; complaints: string[] }>;
}

/** To be called in a suite: before its tests it makes a project and starts Chromium, and after them it removes both. */
export function inChromium(question: Question): BrowserSuite {
  let project: ReturnType<typeof makeProject>;
  let chromium: Browser;
  let answers: Answers;
  before(async () => {
    project = makeProject();
    chromium = await launchChromium();
    answers = await askNode(question);
  });
  after(async () => {
    await chromium?.close();
    project?.remove();
  });
  return {
    get folder() {
      return project.folder;
    },
    get browser() {
      return chromium;
    },
    get expected() {
      return answers;
    },
    async open(t, { within = '', browser = chromium, ...options } = {}) {
      const site = await serveSite([join(project.folder, within), photos], options);
      t.after(() => site.close());
      const { page, complaints } = await openPage(browser, site.url);
      t.after(() => page.close());
      return { site, page, complaints };
    },
  };
}
