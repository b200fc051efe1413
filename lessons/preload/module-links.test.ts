import { expect, test } from 'vitest';
import { languagesOf } from '../i18n/language.ts';
import { linksFor } from './module-links.ts';

const LANGUAGES = languagesOf({ en: { code: 'en', name: 'English' }, zh: { code: 'zh-CN', name: '中文' } });
const CHUNKS = new Map([
  ['page.1.js', 'import{a}from"./words.2.js";import"./dom.3.js";const b=()=>import("./late.4.js");'],
  ['words.2.js', 'import{c}from"./dom.3.js";export{c as a};'],
  ['dom.3.js', ''],
  ['late.4.js', ''],
  ['en.5.js', ''],
  ['zh.6.js', ''],
  ['xterm-screen.7.js', ''],
]);
const page = (lang: string, body = '') =>
  `<html lang="${lang}"><head></head><body>${body}<script type="module" src="/course/_astro/page.1.js"></script></body></html>`;
const named = (html: string) =>
  [...linksFor(html, CHUNKS, LANGUAGES).matchAll(/_astro\/([\w.-]+)/g)].map(([, name]) => name);

test('a page names what its scripts import, however far down, and the words of its language', () => {
  expect(named(page('zh-CN'))).toEqual(['words.2.js', 'dom.3.js', 'zh.6.js']);
  expect(linksFor(page('en'), CHUNKS, LANGUAGES)).toContain('<link rel="modulepreload" href="/course/_astro/en.5.js">');
});

test('the terminal of a page with a bench comes early where it stands beside the text', () => {
  expect(linksFor(page('en', '<dd-bench></dd-bench>'), CHUNKS, LANGUAGES)).toContain(
    'href="/course/_astro/xterm-screen.7.js" media="(min-width: 62rem)"',
  );
});

test('a page without scripts names nothing', () => {
  expect(linksFor('<html lang="en"><head></head></html>', CHUNKS, LANGUAGES)).toBe('');
});
