import { satteri } from '@astrojs/markdown-satteri';
import { expect, test } from 'vitest';
import { wideLines } from './wide-lines.ts';

async function html(markdown: string): Promise<string> {
  const renderer = await satteri({ mdastPlugins: [wideLines] }).createRenderer({ syntaxHighlight: false });
  return (await renderer.render(markdown)).code.trim();
}

test('lines of Chinese join without a space', async () => {
  expect(await html('地址不会悬在\n空中。')).toBe('<p>地址不会悬在空中。</p>');
  expect(await html('- 从不\n  多于五个')).toContain('从不多于五个');
  expect(await html('不是\n“现在”\n吗')).toBe('<p>不是“现在”吗</p>');
});

test('links and emphasis join as what is in them', async () => {
  expect(await html('这叫\n[扩展资源](https://example.com/)，\n*只有*\n它们')).toBe(
    '<p>这叫<a href="https://example.com/">扩展资源</a>，<em>只有</em>它们</p>',
  );
});

test('a word or code beside Chinese keeps its space, except at punctuation', async () => {
  expect(await html('写着\n`None` 的\nService')).toBe('<p>写着\n<code>None</code> 的\nService</p>');
  expect(await html('两样，\n`spec` 和别的')).toBe('<p>两样，<code>spec</code> 和别的</p>');
});

test('English lines keep the space between words', async () => {
  expect(await html('a Pod’s\naddress…\nand “more”\nof it')).toBe('<p>a Pod’s\naddress…\nand “more”\nof it</p>');
});

test('code is left as it is', async () => {
  expect(await html('```\n一行\n两行\n```')).toContain('一行\n两行');
});
