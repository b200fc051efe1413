/** Said by a bench once nothing of the page is on its way any more. */
const SETTLED = 'dd-settled';

/** Says that the bench has all it needs, or will never have it. */
export function announceSettled(): void {
  document.body.dataset['settled'] = '';
  document.dispatchEvent(new Event(SETTLED));
}

/**
 * Keeps the site for later, for reading without a network, once the page is there. All files of the site would otherwise
 * take the line from what the reader waits for: a bench's engine and tools.
 */
export function keepSite(): void {
  const register = () =>
    void navigator.serviceWorker.register(`${document.body.dataset['base'] ?? '/'}sw.js`).catch(() => {});
  const waiting = document.querySelector('dd-bench') !== null && document.body.dataset['settled'] === undefined;
  if (waiting) document.addEventListener(SETTLED, register, { once: true });
  else if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}
