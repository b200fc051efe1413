import { expect, test } from 'vitest';
import { rewriteLinks, rewriteUrl } from './links.ts';

const PASSAGE = {
  prefix: '/api/v1/namespaces/default/pods/web/proxy',
  backend: '10.244.1.2:80',
  frontend: '10.0.0.10:6443',
};
const HERE = PASSAGE.prefix;

test.for([
  ['/login', `${HERE}/login`],
  ['/', `${HERE}/`],
  ['/a/?q=1#top', `${HERE}/a/?q=1#top`],
  ['http://10.244.1.2:80/x', `${HERE}/x`],
  ['https://10.0.0.10:6443/x', `https://10.0.0.10:6443${HERE}/x`],
  ['next/page', 'next/page'],
  ['?page=2', '?page=2'],
  ['', ''],
  ['https://example.com/x', 'https://example.com/x'],
  ['mailto:a@example.com', 'mailto:a@example.com'],
  [`${HERE}/already`, `${HERE}/already`],
] as const)('%s becomes %s', ([url, rewritten]) => {
  expect(rewriteUrl(url, PASSAGE)).toBe(rewritten);
});

test('links of a page lead through the server, and all else stays as it is', () => {
  const page = `<!DOCTYPE html>
<html><head><link rel="stylesheet" href='/style.css'><script src=/app.js></script>
<script>if (a < b) location = "/x"; '<a href="/no">'</script></head>
<!-- <a href="/no"> --><body>
<A HREF="/up?a=1&amp;b=2">up</A> <img src="logo.png" alt="/no"> <form action="/send" method=post>
<p title="/no">1 < 2</p><a data-href="/no" href = "/yes" >`;
  expect(rewriteLinks(page, PASSAGE)).toBe(`<!DOCTYPE html>
<html><head><link rel="stylesheet" href="${HERE}/style.css"><script src="${HERE}/app.js"></script>
<script>if (a < b) location = "/x"; '<a href="/no">'</script></head>
<!-- <a href="/no"> --><body>
<A HREF="${HERE}/up?a=1&amp;b=2">up</A> <img src="logo.png" alt="/no"> <form action="${HERE}/send" method=post>
<p title="/no">1 < 2</p><a data-href="/no" href = "${HERE}/yes" >`);
});

test.for([
  ['tags that never end', '<a '.repeat(200_000)],
  ['quotes that never end', '<a href="'.repeat(200_000)],
  ['comments that never end', '<!--'.repeat(200_000)],
  ['one long name', `<a ${'x'.repeat(400_000)}>`],
  ['scripts that never end', '<script>'.repeat(100_000)],
] as const)('a hostile page costs no more than its length: %s', ([, page]) => {
  expect(rewriteLinks(page, PASSAGE)).toBe(page);
});
