import { satteri } from '@astrojs/markdown-satteri';
import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';
import { languageFolders } from './lessons/i18n/language-folders.ts';
import { offline } from './lessons/offline/integration.ts';
import { preload } from './lessons/preload/integration.ts';
import { wideLines } from './lessons/wide-lines.ts';

const languages = languageFolders('.');

export default defineConfig({
  srcDir: './lessons',
  publicDir: './lessons/public',
  outDir: './dist',
  output: 'static',
  i18n: {
    defaultLocale: languages[0].id,
    locales: languages.map(({ id, code }) => ({ path: id, codes: [code] })),
    routing: { prefixDefaultLocale: false },
  },
  integrations: [mdx(), preload(languages), offline()],
  markdown: {
    processor: satteri({ mdastPlugins: [wideLines] }),
    shikiConfig: {
      themes: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
      defaultColor: false,
    },
  },
  security: {
    csp: {
      directives: [
        "default-src 'self'",
        "img-src 'self' data:",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
      ],
      scriptDirective: { resources: ["'self'", "'wasm-unsafe-eval'"] },
      // The terminal and the highlighter set style attributes.
      styleDirective: { resources: ["'self'", "'unsafe-inline'"] },
    },
  },
  build: { inlineStylesheets: 'never' },
  devToolbar: { enabled: false },
  vite: {
    worker: { format: 'es' },
    build: { assetsInlineLimit: 0 },
  },
});
