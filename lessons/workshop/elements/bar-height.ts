/** Tells the page's styles how high a bar above the bench is: an open drawer begins below it. */
export function tellBarHeight(bar: HTMLElement): void {
  new ResizeObserver(() => {
    document.documentElement.style.setProperty('--bar-height', `${bar.offsetHeight}px`);
  }).observe(bar);
}
