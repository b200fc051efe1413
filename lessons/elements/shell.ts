import { LanguageLink } from './language-link.ts';
import { SiteSearch } from './site-search.ts';
import { ThemeChoice } from './theme-choice.ts';

// What every page has.
customElements.define('dd-theme', ThemeChoice);
customElements.define('dd-language', LanguageLink);
customElements.define('dd-search', SiteSearch);
