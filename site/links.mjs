import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';

const repository = 'https://github.com/facepipe/facepipe';
const isElsewhere = (link) => /^(?:[a-z][\w+.-]*:|\/\/|#|\/)/i.test(link);

/**
 * Pages stand where they are in the repository, so that their links work there too. Here a link to a file that is no
 * page leads to the repository. A link to nothing fails the build, as VitePress does itself for pages.
 * @param root the repository's folder
 * @param pageOf the address of a page by its path from the root; undefined for other files
 */
export function linkToRepository(md, { root, pageOf }) {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const links = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'link_open');
    for (const token of links) {
      const href = token.attrGet('href') ?? '';
      if (isElsewhere(href)) continue;
      const [path = '', anchor] = decodeURI(href).split('#');
      const hash = anchor ? `#${anchor}` : '';
      const target = resolve(dirname(env.realPath ?? env.path), path);
      const inside = normalize(relative(root, target));
      const page = pageOf(inside);
      if (page) {
        token.attrSet('href', page + hash);
        continue;
      }
      if (inside.startsWith('..') || !existsSync(join(root, inside)))
        throw new Error(`${relative(root, env.path)}: nothing is at ${href}`);
      const kind = statSync(target).isDirectory() ? 'tree' : 'blob';
      token.attrSet('href', `${repository}/${kind}/main/${inside}${hash}`);
    }
  });
}
