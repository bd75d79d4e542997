import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { linkToRepository } from '../links.mjs';
import { sections } from '../sections.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const named = sections.flatMap(({ pages }) => pages.map(([, page]) => page));
const written = readdirSync(`${root}docs`, { recursive: true }).filter((file) => file.endsWith('.md'));
const lost = written.filter((file) => !named.includes(`/docs/${file.replace('.md', '')}`));
if (lost.length > 0) throw new Error(`docs/${lost.join(', docs/')}: in no section of site/sections.mjs`);

function pageOf(path) {
  if (/^docs\/(recipes\/)?[\w-]+\.md$/.test(path)) return `/${path}`;
  const [, folder] = /^(packages\/\w+\/)README\.md$/.exec(path) ?? [];
  return named.find((page) => page === `/${folder}`);
}

export default defineConfig({
  title: 'facepipe',
  description: 'The best picture of each visitor’s face, carried once to your bucket',
  srcDir: '..',
  srcExclude: [
    '**/node_modules/**',
    '*.md',
    '{bench,deploy,examples,test,tools,facepipe-data}/**',
    'packages/*/!(README.md)/**',
  ],
  rewrites: {
    'site/index.md': 'index.md',
    'packages/:name/README.md': 'packages/:name/index.md',
    'site/reference/:name/index.md': 'reference/:name/index.md',
  },
  outDir: './dist',
  cacheDir: './.vitepress/cache',
  vite: {
    publicDir: `${root}docs/figures`,
    // the pages lie outside of the folder that has it
    resolve: {
      alias: [
        { find: /^vue(?=$|\/)/, replacement: fileURLToPath(new URL('../node_modules/vue', import.meta.url)) },
      ],
    },
  },
  cleanUrls: true,
  lastUpdated: false,
  markdown: {
    // headings have the anchors that they have in the repository
    anchor: { slugify: (text) => slug(text) },
    // `http://` is no face
    emoji: { shortcuts: {} },
    // what the highlighter does not know
    languageAlias: { promql: 'sql', conf: 'ini' },
    config: (md) => linkToRepository(md, { root, pageOf }),
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: sections.map(({ text, pages }) => ({
      text,
      collapsed: false,
      items: pages.map(([name, link]) => ({ text: name, link })),
    })),
    nav: [
      { text: 'The page', link: '/docs/page' },
      { text: 'Commands', link: '/docs/commands' },
      { text: 'Something is wrong', link: '/docs/symptoms' },
      { text: 'Source', link: 'https://github.com/facepipe/facepipe' },
    ],
  },
});
