import { LanguageLink } from './language-link.ts';
import { keepSite } from './site-keeping.ts';
import { SiteSearch } from './site-search.ts';
import { ThemeChoice } from './theme-choice.ts';

// What every page has.
customElements.define('dd-theme', ThemeChoice);
customElements.define('dd-language', LanguageLink);
customElements.define('dd-search', SiteSearch);

if (import.meta.env.PROD && 'serviceWorker' in navigator) keepSite();
