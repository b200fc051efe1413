import type { satteri } from '@astrojs/markdown-satteri';

type Plugins = NonNullable<NonNullable<Parameters<typeof satteri>[0]>['mdastPlugins']>;

/** Characters that fill a whole square: Han, kana, and the punctuation of their own. */
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;
const WIDE_PUNCTUATION = /[\u3000-\u303f\uff00-\uffef]/u;
/** Punctuation that is as wide as what it stands beside. */
const EITHER = /[“”‘’…—]/u;

/**
 * Joins the lines of a paragraph as its script wants it. Between words the end of a line is a space; Chinese has none, and
 * most browsers would show one (CSS leaves it to them: https://www.w3.org/TR/css-text-3/#line-break-transform).
 */
export const wideLines: Plugins[number] = {
  name: 'wide-lines',
  text(node, context) {
    if (!node.value.includes('\n')) return;
    const { children } = context.parent(node);
    const index = context.indexOf(node) ?? 0;
    const edge = (at: number) => (children[at] === undefined ? '' : context.textContent(children[at]));
    context.setProperty(node, 'value', joinedLines(node.value, edge(index - 1), edge(index + 1)));
  },
};

/**
 * The text with the line ends taken out that its script does not want; the others stay.
 * @param before what stands before the text, in the same paragraph; @param after what stands behind it
 */
export function joinedLines(text: string, before = '', after = ''): string {
  return text.replace(/ *\n */g, (end, at: number) => {
    const left = text[at - 1] ?? before.at(-1) ?? '';
    const right = text[at + end.length] ?? after.at(0) ?? '';
    return isSeamless(left, right) ? '' : end;
  });
}

function isSeamless(left: string, right: string): boolean {
  if (left === '' || right === '') return false;
  if (WIDE_PUNCTUATION.test(left) || WIDE_PUNCTUATION.test(right)) return true;
  return WIDE.test(left) ? WIDE.test(right) || EITHER.test(right) : EITHER.test(left) && WIDE.test(right);
}
