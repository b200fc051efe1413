import type { Bench } from '../bench/bench.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import type { AskManifest } from './manifest-language.ts';
import { theBench } from './the-bench.ts';
import { Turns } from './turns.ts';
import type { TextEditor } from './yaml-editor.ts';

const MAX_TEXT = 1024 * 1024;
const SAVE_AFTER_MS = 600;
/** Says by which keys the editor is left. */
const KEYS_ID = 'editor-keys';
const FILE_NAME = /^[\w.-]+(\/[\w.-]+)*$/;

/** `<dd-editor>`: the files in the learner's home, and an editor for one of them. Edits save themselves. */
export class FilesPanel extends HTMLElement {
  #bench: Bench | undefined;
  #editor: TextEditor | undefined;
  #file: string | undefined;
  /** What the workstation has, as far as we know. */
  #savedText = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Opening and saving wait for the workstation; two at once would each put their text over the other's. */
  #turns = new Turns();
  readonly #list = h('select', { onchange: () => void this.open(this.#list.value) });
  readonly #status = h('span', { class: 'file-status', role: 'status' });
  /** What may be done with the file that is open: a manifest is compared with the cluster, a script is run. */
  readonly #use = h('button', { type: 'button', class: 'quiet-button', onclick: () => void this.#useFile() });
  readonly #place = h('div', { class: 'editor-place' });
  readonly #empty = h('p', { class: 'quiet' }, words.files.none);

  async connectedCallback(): Promise<void> {
    const { bench } = await theBench;
    if (!this.isConnected || this.#bench !== undefined) return;
    this.#bench = bench;
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', words.files.label);
    const list = h('label', {}, h('span', {}, words.files.list), this.#list);
    this.append(
      h('div', { class: 'files-head' }, list, this.#newFile(), this.#use, this.#status),
      this.#empty,
      this.#place,
      h('p', { class: 'files-foot quiet', id: KEYS_ID }, words.files.keys),
    );
    this.addEventListener('focusout', () => void this.save());
    bench.phase.on(({ kind }) => {
      if (kind === 'running') void this.#restart();
    });
    bench.complaints.on(() => this.#editor?.recheck());
  }

  /** Called when the panel comes into sight: shows the file that is open, else the one named, else the first. */
  shown(wanted?: string): Promise<void> {
    return this.#turns.take(async () => {
      const files = await this.#listFiles();
      const path = this.#file ?? files.find((name) => name === wanted) ?? files[0];
      if (path !== undefined) await this.#open(path);
    });
  }

  /** Opens a file as soon as there is a workstation, at a line if told, with a message there. */
  async open(path: string, line?: number, message?: string): Promise<void> {
    await this.#running();
    return this.#turns.take(async () => {
      await this.#open(path);
      if (line !== undefined) this.#editor?.showLine(line, message);
    });
  }

  /** Adds lines at the end of a file, unless it ends with them already, and shows them. */
  async addLines(path: string, lines: string): Promise<void> {
    await this.#running();
    return this.#turns.take(async () => {
      await this.#open(path);
      const text = this.#editor?.text.trimEnd() ?? '';
      if (!text.endsWith(lines.trimEnd())) this.#editor?.replace(`${text}\n${lines}`);
      await this.#save();
      this.#editor?.showLine(`${text}\n`.split('\n').length);
    });
  }

  override focus(): void {
    this.#editor?.focus();
  }

  /** Writes what has been edited to the workstation; resolves when it is there. */
  save(): Promise<void> {
    return this.#turns.take(() => this.#save());
  }

  async #running(): Promise<void> {
    const { bench } = await theBench;
    await bench.phase.until(({ kind }) => kind === 'running');
  }

  async #open(path: string): Promise<void> {
    await this.#save();
    const text = (await this.#bench?.remote?.readFile(path)) ?? '';
    if (this.#file === path && this.#editor !== undefined) this.#refresh(text);
    else await this.#edit(path, text);
  }

  async #save(): Promise<void> {
    clearTimeout(this.#timer);
    const [bench, editor, path] = [this.#bench, this.#editor, this.#file];
    if (bench?.remote === undefined || editor === undefined || path === undefined) return;
    const { text } = editor;
    if (text === this.#savedText) return;
    if (text.length > MAX_TEXT) {
      setText(this.#status, words.files.tooLarge(`${(text.length / 1e6).toFixed(1)} MB`));
      return;
    }
    setText(this.#status, words.files.saving);
    try {
      await bench.submit({ kind: 'file.write', path, text });
      this.#savedText = text;
      setText(this.#status, words.files.saved);
    } catch (error) {
      setText(this.#status, words.files.failed(error instanceof Error ? error.message : String(error)));
    }
  }

  /** A new cluster has come up: what the editor shows may be another cluster's. */
  async #restart(): Promise<void> {
    const path = this.#file;
    this.#editor?.destroy();
    this.#editor = undefined;
    this.#file = undefined;
    // What was asked of a cluster that has gone may never be answered.
    this.#turns = new Turns();
    setText(this.#status, '');
    if (this.checkVisibility()) await this.shown(path);
  }

  async #listFiles(): Promise<readonly string[]> {
    const files = ((await this.#bench?.remote?.listFiles()) ?? []).filter((path) => !/(^|\/)\./.test(path));
    this.#list.replaceChildren(...files.map((path) => h('option', { value: path }, path)));
    if (this.#file !== undefined) this.#list.value = this.#file;
    this.#empty.hidden = files.length > 0;
    this.#list.parentElement!.hidden = files.length === 0;
    return files;
  }

  async #edit(path: string, text: string): Promise<void> {
    const { openEditor } = await import('./yaml-editor.ts');
    this.#editor?.destroy();
    this.#place.replaceChildren();
    this.#file = path;
    this.#savedText = text;
    if (![...this.#list.options].some(({ value }) => value === path)) await this.#listFiles();
    this.#list.value = path;
    setText(this.#status, '');
    const use = useOf(path);
    this.#use.hidden = use === undefined;
    setText(this.#use, use?.label ?? '');
    const file = { name: path, text, label: words.files.editor(path), describedBy: KEYS_ID };
    this.#editor = openEditor(
      this.#place,
      file,
      () => this.#edited(),
      () => void this.save(),
      () => this.#bench?.remote as ReturnType<AskManifest>,
      () => this.#bench?.complaints.value ?? [],
    );
  }

  async #useFile(): Promise<void> {
    const use = useOf(this.#file ?? '');
    if (use !== undefined) await (await theBench).runCommand(`${use.command} ${this.#file}`);
  }

  /** Takes up what the workstation has, unless the learner is in the middle of a change. */
  #refresh(text: string): void {
    if (this.#editor === undefined || text === this.#savedText) return;
    this.#savedText = text;
    this.#editor.replace(text);
  }

  #edited(): void {
    // What was said was about another text.
    if (this.#bench !== undefined && this.#bench.complaints.value.length > 0) this.#bench.complaints.value = [];
    setText(this.#status, words.files.unsaved);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), SAVE_AFTER_MS);
  }

  /** A button that turns into a line for the new file's name. */
  #newFile(): HTMLElement {
    const name = h('input', { type: 'text', 'aria-label': words.files.createName, placeholder: 'pod.yaml', size: 14 });
    const button = h('button', { type: 'button', class: 'quiet-button', onclick: () => ask(true) }, words.files.create);
    const form = h(
      'form',
      { class: 'new-file', hidden: true },
      name,
      h('button', { type: 'submit' }, words.files.createOk),
      h('button', { type: 'button', class: 'quiet-button', onclick: () => ask(false) }, words.files.cancel),
    );
    const ask = (asking: boolean) => {
      form.hidden = !asking;
      button.hidden = asking;
      if (asking) name.focus();
      else button.focus();
    };
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const path = name.value.trim();
      if (!FILE_NAME.test(path)) {
        setText(this.#status, words.files.badName);
        return;
      }
      ask(false);
      void this.#create(path);
    });
    return h('span', {}, button, form);
  }

  async #create(path: string): Promise<void> {
    const known = await this.#bench?.remote?.readFile(path);
    try {
      if (known === undefined) await this.#bench?.submit({ kind: 'file.write', path, text: '' });
    } catch (error) {
      setText(this.#status, words.files.failed(error instanceof Error ? error.message : String(error)));
      return;
    }
    await this.#listFiles();
    await this.open(path);
    this.#editor?.focus();
  }
}

/** What one does with a file of that name; `kubectl diff` tells what applying it would change. */
function useOf(path: string): { readonly command: string; readonly label: string } | undefined {
  if (/\.(ya?ml|json)$/.test(path)) return { command: 'kubectl diff -f', label: words.files.compare };
  if (/\.sh$/.test(path)) return { command: 'bash', label: words.files.runScript };
  return undefined;
}
