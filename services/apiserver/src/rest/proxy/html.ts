/**
 * Pages that come through the proxy: addresses in them that begin with a slash would lead past it, so they
 * are rewritten as upstream does it, in the same attributes of the same elements. Scripts are not
 * understood. Pure.
 *
 * Text is taken as bytes (latin1): what is looked for is ASCII in every encoding of pages.
 */
const attributesOf: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

/** What is in them is text, whatever it looks like. */
const rawElements = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'noembed', 'noframes']);
const commentStart = '<!--';
const commentEnd = '-->';
/** What is longer is no tag that is worth waiting for. */
const tagCharactersMax = 64 * 1024;

export interface HtmlRewriter {
  /** As much as is certain by now. */
  push(text: string): string;
  /** The rest. */
  end(): string;
}

export function createHtmlRewriter(rewrite: (address: string) => string): HtmlRewriter {
  let held = '';
  /** Where the text ends in which there are no tags, in lower case; undefined outside of such. */
  let until: string | undefined;

  /** Undefined when more is needed. */
  const takeText = (end: string): string | undefined => {
    const at = held.toLowerCase().indexOf(end);
    const taken =
      at < 0
        ? held.slice(0, Math.max(0, held.length - end.length + 1))
        : held.slice(0, at + end.length);
    held = held.slice(taken.length);
    if (at >= 0) until = undefined;
    return taken === '' ? undefined : taken;
  };
  const takeTag = (): string | undefined => {
    const tag = /^<\/?([a-z][^\s/>]*)(?:"[^"]*"|'[^']*'|[^"'>])*>/i.exec(held);
    if (tag === null) {
      if (held.length < tagCharactersMax && mayBecomeTag(held)) return undefined;
      held = held.slice(1);
      return '<';
    }
    const [whole, name = ''] = tag;
    held = held.slice(whole.length);
    const element = name.toLowerCase();
    if (whole.startsWith('</')) return whole;
    if (rawElements.has(element) && !whole.endsWith('/>')) until = `</${element}`;
    return rewriteTag(whole, attributesOf[element] ?? [], rewrite);
  };
  const takeNext = (): string | undefined => {
    if (until !== undefined) return takeText(until);
    const open = held.indexOf('<');
    if (open !== 0) {
      const text = open < 0 ? held : held.slice(0, open);
      held = held.slice(text.length);
      return text === '' ? undefined : text;
    }
    if (held.startsWith(commentStart)) {
      until = commentEnd;
      held = held.slice(commentStart.length);
      return commentStart;
    }
    return commentStart.startsWith(held) ? undefined : takeTag();
  };

  return {
    push: (text) => {
      held += text;
      let out = '';
      for (let next = takeNext(); next !== undefined; next = takeNext()) out += next;
      return out;
    },
    end: () => {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

const mayBecomeTag = (text: string) => /^<\/?([a-z]|$)/i.test(text);

function rewriteTag(
  tag: string,
  attributes: readonly string[],
  rewrite: (address: string) => string,
): string {
  if (attributes.length === 0) return tag;
  return tag.replaceAll(
    /([\s"'/])([^\s"'>/=]+)(\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi,
    (whole: string, before: string, name: string, equals: string, ...values: string[]) => {
      if (!attributes.includes(name.toLowerCase())) return whole;
      const [double, single, bare = ''] = values as (string | undefined)[];
      const quote = double === undefined ? (single === undefined ? '' : "'") : '"';
      return `${before}${name}${equals}${quote}${rewrite(double ?? single ?? bare)}${quote}`;
    },
  );
}
