import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';
import site from '../../astro.config.mjs';
import { relativeAddresses } from './relative-addresses.ts';
import { packagedSubject } from './subject.ts';

const { language, format } = packagedSubject(process.env);
const { csp } = site.security;
// Where results go is for the course to say as it opens the page, and is seldom the place that the page comes from.
const connect = format === 'cmi5' ? ["connect-src 'self' https: http:"] : [];

// One page of the course and what it needs, for the folder of a package: no site around it, no service worker.
export default defineConfig({
  ...site,
  srcDir: './lessons/package/site',
  cacheDir: './node_modules/.cache/drydock/package',
  i18n: { ...site.i18n, defaultLocale: language },
  integrations: [mdx(), relativeAddresses()],
  security: { csp: { ...csp, directives: [...csp.directives, ...connect] } },
  build: { ...site.build, format: 'file', assets: 'files' },
  vite: {
    ...site.vite,
    plugins: [
      {
        name: 'no-workshop',
        enforce: 'pre',
        resolveId: (source) =>
          source.endsWith('/workshop/client/place.ts') ? new URL('./client/place.ts', import.meta.url).pathname : null,
      },
    ],
    // Files find each other from where they are: nobody knows under which address a course puts them.
    experimental: { renderBuiltUrl: (_, { hostType }) => (hostType === 'html' ? undefined : { relative: true }) },
  },
});
