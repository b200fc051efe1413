import { openKeeping } from '../bench/keeping.ts';
import { pack, unpack } from '../bench/packing.ts';
import { progressFile, readProgress } from '../bench/progress-file.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { saveAs } from './save-file.ts';

const FRAGMENT = '#progress=';
const MAX_FILE_BYTES = 1_000_000;

/** `<dd-carry>`: carries progress to another device, as a file or a link, and takes it in there. */
export class CarryProgress extends HTMLElement {
  readonly #note = h('p', { class: 'quiet', role: 'status' });
  readonly #file = h('input', {
    type: 'file',
    accept: 'application/json,.json',
    'aria-label': words.progress.takeIn,
    hidden: true,
    onchange: () => void this.#read(),
  });

  connectedCallback(): void {
    if (this.childElementCount > 0) return;
    const button = (label: string, press: () => void) => h('button', { type: 'button', onclick: press }, label);
    this.append(
      h(
        'div',
        { class: 'dialog-buttons' },
        button(words.progress.save, () => void this.#save()),
        button(words.progress.link, () => void this.#link()),
        button(words.progress.takeIn, () => this.#file.click()),
        this.#file,
      ),
      this.#note,
    );
    if (location.hash.startsWith(FRAGMENT)) void this.#take(() => unpack(location.hash.slice(FRAGMENT.length)));
  }

  async #data() {
    return progressFile(await (await openKeeping()).achievements());
  }

  async #save(): Promise<void> {
    saveAs('drydock-progress.json', JSON.stringify(await this.#data(), null, 1));
  }

  async #link(): Promise<void> {
    const url = `${location.origin}${location.pathname}${FRAGMENT}${pack(await this.#data())}`;
    try {
      await navigator.clipboard.writeText(url);
      setText(this.#note, words.progress.copied);
    } catch {
      this.#note.replaceChildren(h('a', { href: url }, words.progress.here));
    }
  }

  async #read(): Promise<void> {
    const [file] = this.#file.files ?? [];
    if (file === undefined) return;
    await this.#take(async () => {
      if (file.size > MAX_FILE_BYTES) throw new Error(words.progress.tooLarge);
      const text = await file.text();
      try {
        return JSON.parse(text);
      } catch {
        throw new Error(words.progress.notJson);
      }
    });
    this.#file.value = '';
  }

  async #take(data: () => unknown): Promise<void> {
    try {
      const achieved = readProgress(await data());
      await (await openKeeping()).addAchievements(achieved);
      setText(this.#note, words.progress.taken(Object.keys(achieved).length));
      document.dispatchEvent(new Event('dd-progress'));
      if (location.hash.startsWith(FRAGMENT)) history.replaceState(null, '', location.pathname);
      this.scrollIntoView({ block: 'center' });
    } catch (error) {
      setText(this.#note, words.progress.refused(error instanceof Error ? error.message : String(error)));
    }
  }
}
