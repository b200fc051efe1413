/** How a place in a text is written in an address: after which heading, and how far to the next. */
const PLACE = /^#at=(\d+)\.(\d\d)$/;

/**
 * `<dd-language>`: links to this page in the other languages, which lead to the same place in the text. Headings are counted,
 * since their names differ; the rest is measured between them.
 */
export class LanguageLink extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('click', (event) => {
      const link = (event.target as Element).closest('a');
      if (link !== null) link.hash = placeInText();
    });
    const place = PLACE.exec(location.hash);
    if (place === null) return;
    history.replaceState(history.state, '', location.pathname + location.search);
    const go = () => goTo(Number(place[1]), Number(place[2]) / 100);
    // When everything above has its height.
    if (document.readyState === 'complete') go();
    else addEventListener('load', go, { once: true });
  }
}

function headings(): DOMRect[] {
  return [...document.querySelectorAll('#text h1, #text h2, #text h3')].map((heading) =>
    heading.getBoundingClientRect(),
  );
}

function placeInText(): string {
  const tops = headings().map(({ top }) => top);
  const index = tops.findLastIndex((top) => top <= HEAD_PX);
  if (index < 0) return '';
  const [from, to] = [tops[index]!, tops[index + 1] ?? document.documentElement.getBoundingClientRect().bottom];
  const share = Math.min(0.99, Math.max(0, (HEAD_PX - from) / (to - from)));
  return `#at=${index}.${String(Math.floor(share * 100)).padStart(2, '0')}`;
}

function goTo(index: number, share: number): void {
  const tops = headings().map(({ top }) => top);
  const from = tops[index];
  if (from === undefined) return;
  const to = tops[index + 1] ?? document.documentElement.getBoundingClientRect().bottom;
  scrollTo({ top: scrollY + from + share * (to - from) - HEAD_PX, behavior: 'instant' });
}

/** Where the text begins below the page's head. */
const HEAD_PX = 64;
