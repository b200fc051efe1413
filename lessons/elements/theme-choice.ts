const THEMES = ['system', 'light', 'dark'] as const;

/** `<dd-theme>`: the choice between light and dark; `theme.js` applies it before the page is drawn. */
export class ThemeChoice extends HTMLElement {
  connectedCallback(): void {
    const select = this.querySelector('select');
    if (select === null) return;
    const root = document.documentElement;
    select.value = root.dataset['theme'] ?? 'system';
    this.hidden = false;
    select.addEventListener('change', () => {
      const theme = THEMES.find((name) => name === select.value) ?? 'system';
      if (theme === 'system') delete root.dataset['theme'];
      else root.dataset['theme'] = theme;
      try {
        localStorage.setItem('drydock-theme', theme);
      } catch {
        // Without storage the choice lasts as long as the page.
      }
      document.dispatchEvent(new Event('dd-theme'));
    });
  }
}
