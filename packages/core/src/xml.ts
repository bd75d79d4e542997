/** An element of the plain XML that OpenCV's FileStorage writes: elements, text and comments, no entities. */
export interface Element {
  name: string;
  type?: string;
  children: Element[];
  text: string;
}

// attributes are few: the expression's stack, which they would fill, is small
const markup =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')){0,8})\s*(\/?)>|[^<]+/y;

/** The largest cascade OpenCV ships has 2.7 million characters in 61,000 elements, 7 deep. */
const most = { characters: 2 ** 23, elements: 2 ** 19, depth: 64, shown: 120 };

/**
 * What is wrong with a document, as the middle of a sentence; what it quotes from the document may be of any length.
 */
export class Flaw extends Error {
  constructor(message: string) {
    super(message.length > most.shown ? `${message.slice(0, most.shown)}…` : message);
  }
}

/**
 * Reads one XML document.
 * @throws Flaw when it is not well-formed, uses more of XML than FileStorage does, or would take too much memory.
 */
export function readXml(source: string): Element {
  const top: Element = { name: '', children: [], text: '' };
  const open = [top];
  let elements = 0;
  if (source.length > most.characters) throw new Flaw(`it has more than ${most.characters} characters`);
  const begin = source.slice(0, most.shown).trimStart();
  if (/^<(!doctype\s+)?html\b/i.test(begin)) throw new Flaw('it is a page of HTML and not the file');
  if (!begin.startsWith('<')) throw new Flaw('it is not an XML document');
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
      const [, , type] = attributes?.match(/\stype_id\s*=\s*(["'])(.*?)\1/) ?? [];
      const element: Element = { name, ...(type !== undefined && { type }), children: [], text: '' };
      parent.children.push(element);
      if (++elements > most.elements) throw new Flaw(`it has more than ${most.elements} elements`);
      if (empty) continue;
      if (open.push(element) > most.depth) throw new Flaw(`its elements lie more than ${most.depth} deep`);
    }
  }
  const [root, second] = top.children;
  if (open.length > 1) throw new Flaw(`it is cut off inside <${open.at(-1)?.name}>`);
  if (!root || second || top.text.trim() !== '') throw new Flaw('it is not an XML document');
  return root;
}

function unreadable(source: string, at: number, open: readonly Element[]): string {
  if (open.length === 1 && /^<!doctype/i.test(source.slice(at))) return 'it is a document with a DOCTYPE';
  const unfinished = source.startsWith('<!--', at) || !source.includes('>', at);
  if (open.length > 1 && unfinished) return `it is cut off inside <${open.at(-1)?.name}>`;
  const line = source.slice(0, at).split('\n').length;
  return `line ${line} is not XML that OpenCV reads`;
}
