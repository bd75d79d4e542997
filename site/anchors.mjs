// Every link within the built site leads to a page and a heading that are there: node anchors.mjs
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'node-html-parser';

const dist = new URL('dist/', import.meta.url);
const pages = new Map(
  readdirSync(dist, { recursive: true })
    .filter((file) => file.endsWith('.html'))
    .map((file) => [file, parse(readFileSync(new URL(file, dist), 'utf8'))]),
);
const site = 'https://site.invalid/';
const fileOf = (path) => {
  const file = decodeURIComponent(path.slice(1));
  if (file === '' || file.endsWith('/')) return `${file}index.html`;
  return file.endsWith('.html') ? file : `${file}.html`;
};
let links = 0;
const broken = [];
for (const [file, page] of pages) {
  if (file === '404.html') continue;
  for (const link of page.querySelectorAll('a[href]')) {
    const url = new URL(link.getAttribute('href'), site + file);
    if (url.origin !== new URL(site).origin) continue;
    links++;
    const target = pages.get(fileOf(url.pathname));
    const heading = decodeURIComponent(url.hash.slice(1));
    if (!target || (heading !== '' && !target.getElementById(heading)))
      broken.push(`${file}: ${link.getAttribute('href')} (${link.text.trim()})`);
  }
}
console.log(`${pages.size} pages, ${links} links, ${broken.length} broken (${fileURLToPath(dist)})`);
for (const line of broken) console.error(line);
process.exitCode = broken.length > 0 || links === 0 ? 1 : 0;
