import { LanguageLink } from './language-link.ts';
import { SiteSearch } from './site-search.ts';
import { ThemeChoice } from './theme-choice.ts';

// What every page has.
customElements.define('dd-theme', ThemeChoice);
customElements.define('dd-language', LanguageLink);
customElements.define('dd-search', SiteSearch);

// After the page is there: keeping the site for later must not hold up what is read now.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  const register = () =>
    void navigator.serviceWorker.register(`${document.body.dataset['base'] ?? '/'}sw.js`).catch(() => {});
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}
