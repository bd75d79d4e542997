import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first that can be run: the path, if one is given, or one of these names. */
export function programIn(path: string | undefined, names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [path ?? '', ...places].find(isProgram);
}

const program = programIn(process.env.CHROMIUM_PATH, ['chromium', 'chromium-browser', 'google-chrome']);

/** Why tests in a browser are skipped; false when they are not. */
export const chromiumMissing: string | false = program
  ? false
  : 'Chromium is not installed: apt-get install chromium, or give its path as CHROMIUM_PATH';

/** A real Chromium without a window. The sandbox needs rights that a container's root has not. */
export function launchChromium(...args: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox', ...args] });
}

/** A new page at an address, and everything it complains of. @param browser all of it, or one of its contexts */
export async function openPage(
  browser: Pick<Browser, 'newPage'>,
  url: string,
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}
