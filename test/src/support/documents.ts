import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone these tests are of. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Reasons for which a document may say that a block is not run: what is asked for is not in every test machine. */
export const reasons: readonly string[] = [
  'is the tests themselves',
  'needs a camera',
  'needs a Docker engine',
  'needs a Kubernetes cluster',
  'needs a machine of its own',
  'needs an AWS account',
  "needs npm's registry",
];

/** A fenced block of a document. */
export interface Block {
  /** The document and the line of its fence: `docs/images.md:10`. */
  readonly place: string;
  /** What stands behind the fence; empty where nothing does. */
  readonly language: string;
  readonly text: string;
  /** The reason of `<!-- not run: REASON -->` in the line above; undefined without one. */
  readonly notRun: string | undefined;
}

/** The fenced blocks of a Markdown text (CommonMark 0.31, 4.5), those in lists and quotes included. */
export function blocksOf(file: string, markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  let open: { fence: string; language: string; line: number; text: string[]; indent: number } | undefined;
  for (const [index, line] of lines.entries()) {
    const [, indent = '', fence = '', info = ''] =
      /^((?:[ >]|[-*] )*)(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line) ?? [];
    if (!open) {
      if (fence && !info.includes('`')) {
        const [language = ''] = info.split(/\s/);
        open = { fence, language, line: index, text: [], indent: indent.length };
      }
    } else if (fence.startsWith(open.fence) && info === '') {
      const notRun = /^\s*<!-- not run: (.*) -->\s*$/.exec(lines[open.line - 1] ?? '')?.[1];
      const { language } = open;
      blocks.push({ place: `${file}:${open.line + 1}`, language, text: `${open.text.join('\n')}\n`, notRun });
      open = undefined;
    } else open.text.push(line.slice(open.indent));
  }
  if (open) throw new Error(`${file}:${open.line + 1}: the fence is not closed`);
  return blocks;
}

/** Made by `npm run docs` from tables; what they give as examples is tested as the tables have it. */
const made = new Set(['docs/commands.md', 'docs/errors.md']);

/** Every document that people read to use facepipe, from the root of the clone. */
export function documents(): string[] {
  const below = (folder: string, pattern: RegExp) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => pattern.test(path) && !/(^|[/\\])(node_modules|dist)[/\\]/.test(path));
  const readmes = readdirSync(join(root, 'packages')).flatMap((name) =>
    readdirSync(join(root, 'packages', name))
      .filter((file) => file === 'README.md')
      .map((file) => join('packages', name, file)),
  );
  const others = [...below('docs', /\.md$/), ...below('deploy', /README/), ...below('examples', /\.md$/)];
  const doors = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];
  return [...doors, ...readmes, ...others]
    .map((path) => relative(root, join(root, path)).split(sep).join('/'))
    .filter((path) => !made.has(path))
    .sort();
}

/** A link of a document to a file or a heading of this repository. */
export interface LocalLink {
  /** The document and the line of the link: `docs/images.md:10`. */
  readonly place: string;
  /** From the root of the clone. */
  readonly file: string;
  /** What stands behind `#`; undefined without one. */
  readonly anchor: string | undefined;
}

/** A text with the lines of its fenced blocks empty, so that places stay. */
function withoutBlocks(markdown: string): string {
  let fence: string | undefined;
  return markdown
    .split('\n')
    .map((line) => {
      const [, found] = /^(?:[ >]|[-*] )*(`{3,}|~{3,})/.exec(line) ?? [];
      const within = fence !== undefined || found !== undefined;
      if (fence === undefined) fence = found;
      else if (found?.startsWith(fence)) fence = undefined;
      return within ? '' : line;
    })
    .join('\n');
}

/** The links and pictures of a Markdown text that lead into the repository, outside blocks and code. */
export function linksOf(file: string, markdown: string): LocalLink[] {
  const text = withoutBlocks(markdown).replace(/(`+)[^`]+\1(?!`)/g, (code) => code.replace(/[^\n]/g, ' '));
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)]
    .filter(([, target = '']) => !/^[a-z]+:/.test(target))
    .map(({ 1: target = '', index }) => {
      const [path = '', anchor] = target.split('#');
      const line = text.slice(0, index).split('\n').length;
      const here = posix.join(posix.dirname(file), path);
      return { place: `${file}:${line}`, file: path === '' ? file : here, anchor };
    });
}

/** The anchors that GitHub gives the headings of a Markdown text, and those that are written in it. */
export function anchorsOf(markdown: string): string[] {
  const text = withoutBlocks(markdown);
  const headings = [...text.matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)];
}

/** Every link of every document into the repository. */
export const documentedLinks = (): LocalLink[] =>
  documents().flatMap((file) => linksOf(file, readFileSync(join(root, file), 'utf8')));

/** Every fenced block of every document. */
export const documentedBlocks = (): Block[] =>
  documents().flatMap((file) => blocksOf(file, readFileSync(join(root, file), 'utf8')));

/** Those in one of these languages that no mark takes out. */
export const blocksIn = (...languages: string[]): Block[] =>
  documentedBlocks().filter(({ language, notRun }) => languages.includes(language) && notRun === undefined);
