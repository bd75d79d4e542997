/** An element of the plain XML that OpenCV's FileStorage writes: elements, text and comments, no entities. */
export interface Element {
  name: string;
  type?: string;
  children: Element[];
  text: string;
}

const markup =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w:-]+\s*=\s*"[^"<]*")*)\s*(\/?)>|[^<]+/y;

/** What is wrong with a document, as the middle of a sentence. */
export class Flaw extends Error {}

/**
 * Reads one XML document.
 * @throws Flaw when it is not well-formed, or uses more of XML than FileStorage does.
 */
export function readXml(source: string): Element {
  const top: Element = { name: '', children: [], text: '' };
  const open = [top];
  markup.lastIndex = 0;
  while (markup.lastIndex < source.length) {
    const at = markup.lastIndex;
    const found = markup.exec(source);
    const parent = open.at(-1);
    if (!found || !parent) throw new Flaw(unreadable(source, at, open));
    const [whole, slash, name, attributes, empty] = found;
    if (name === undefined) {
      if (!whole.startsWith('<')) parent.text += whole;
    } else if (slash) {
      if (parent.name !== name) throw new Flaw(`</${name}> closes nothing`);
      open.pop();
    } else {
      const type = attributes?.match(/\stype_id\s*=\s*"([^"]*)"/)?.[1];
      const element: Element = { name, ...(type !== undefined && { type }), children: [], text: '' };
      parent.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [root, second] = top.children;
  if (open.length > 1) throw new Flaw(`it is cut off inside <${open.at(-1)?.name}>`);
  if (!root || second || top.text.trim() !== '') throw new Flaw('it is not an XML document');
  return root;
}

function unreadable(source: string, at: number, open: readonly Element[]): string {
  if (open.length === 1 && /^<!doctype/i.test(source.slice(at)))
    return 'it is an HTML or other document with a DOCTYPE';
  const unfinished = source.startsWith('<!--', at) || !source.includes('>', at);
  if (open.length > 1 && unfinished) return `it is cut off inside <${open.at(-1)?.name}>`;
  const line = source.slice(0, at).split('\n').length;
  return `line ${line} is not XML that OpenCV reads`;
}
