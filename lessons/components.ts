/** What a lesson may use without importing it, by name: every file of `components/`. `README.md` tells how. */
export const components: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(import.meta.glob<{ default: unknown }>('./components/*.astro', { eager: true })).map(
    ([path, { default: component }]) => [path.replace(/^.*\/(\w+)\.astro$/, '$1'), component],
  ),
);
