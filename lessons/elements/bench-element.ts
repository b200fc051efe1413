import { Bench, type Phase } from '../bench/bench.ts';
import { examOfPage } from '../bench/exam.ts';
import { openKeeping } from '../bench/keeping.ts';
import type { BenchSetup } from '../bench/protocol.ts';
import type { Reference } from '../bench/reference.ts';
import { words } from '../i18n/page-words.ts';
import { type Place, placeOf } from '../workshop/client/place.ts';
import { BenchNotice } from './bench-notice.ts';
import { BenchTabs } from './bench-tabs.ts';
import { h } from './dom.ts';
import type { FilesPanel } from './files-panel.ts';
import type { ObjectInspector } from './object-inspector.ts';
import { shareButton, takeShared } from './share-state.ts';
import type { ShellTerminal } from './shell-terminal.ts';
import { announceSettled } from './site-keeping.ts';
import { announceBench, type BenchDoor } from './the-bench.ts';

const MAX_TERMINALS = 4;

/** `<dd-bench setup="{…}">`: owns the cluster of this page and lays out what shows it. */
export class BenchElement extends HTMLElement implements BenchDoor {
  readonly #setup = setupOf(this);
  readonly #place = placeOf(this.#setup);
  readonly bench = benchIn(this.#place, this.#setup);
  readonly #tabs = new BenchTabs();
  readonly #notice = new BenchNotice(this.bench);
  readonly #files = document.createElement('dd-editor') as FilesPanel;
  readonly #inspector = document.createElement('dd-inspector') as ObjectInspector;
  /** What had the focus before the inspector took it. */
  #cameFrom: HTMLElement | undefined;

  connectedCallback(): void {
    if (this.childElementCount > 0) return;
    const cluster = document.createElement('dd-cluster');
    const time = h(
      'div',
      { class: 'bench-time' },
      document.createElement('dd-clock'),
      document.createElement('dd-timeline'),
    );
    const stage = h('div', { class: 'bench-stage' }, this.#notice.element, cluster, time);
    const close = h(
      'button',
      { type: 'button', class: 'drawer-close', onclick: () => this.#drawer(false) },
      words.bench.close,
    );
    const handle = h(
      'button',
      { type: 'button', class: 'drawer-handle', onclick: () => this.#drawer(true) },
      words.bench.open,
    );
    this.#tabs.add({ id: 'picture', label: words.bench.picture, panel: stage, narrowOnly: true });
    this.#addTerminal('1');
    this.#tabs.add({
      id: 'files',
      label: words.bench.files,
      panel: this.#files,
      shown: () => void this.#files.shown(),
    });
    this.#tabs.add({ id: 'inspect', label: words.bench.inspect, panel: this.#inspector });
    for (const [id, label] of [
      ['outline', words.outline.label],
      ['requests', words.requests.label],
      ['history', words.history.label],
      ['etcd-panel', words.etcd.tab],
    ] as const) {
      this.#tabs.add({ id, label, panel: document.createElement(`dd-${id}`) });
    }
    const more = h(
      'button',
      { type: 'button', class: 'quiet-button', onclick: () => this.#newTerminal() },
      words.bench.newTerminal,
    );
    this.#tabs.actions.append(more, ...(this.#place.shares ? [shareButton(this.bench)] : []), this.#resetButton());
    this.append(handle, h('div', { class: 'bench-body' }, close, stage, this.#tabs.bar, this.#tabs.panels));
    this.#tabs.choose('terminal-1');
    this.addEventListener('keydown', (event) => this.#key(event));
    // A run that was brought back has its terminals open.
    this.bench.phase.on(({ kind }) => {
      if (kind !== 'running') return;
      for (const name of this.bench.screens.open.keys()) {
        if (!this.#tabs.has(`terminal-${name}`)) this.#addTerminal(name);
      }
    });
    const settled = [this.bench.equipped.until((equipped) => equipped), this.bench.phase.until(hasEnded)];
    void Promise.race(settled).then(announceSettled);
    if (this.#place.kind !== 'mirror') void this.#remember();
    announceBench(this);
    void this.#place.showBar?.(this);
    void this.bench.open().then(() => takeShared(this.bench, this));
  }

  async runsHere(): Promise<boolean> {
    const { phase } = this.bench;
    if (phase.value.kind === 'elsewhere') {
      const { elsewhereAsk, takeOver, leaveThere } = words.bench;
      if (!(await this.#agreed(elsewhereAsk, takeOver, leaveThere))) return false;
      await this.bench.takeOver();
    }
    if (!hasEnded(phase.value)) return true;
    this.#drawer(true);
    if (this.#tabs.has('picture')) this.#tabs.choose('picture');
    this.#notice.element.focus();
    return false;
  }

  async runCommand(command: string, terminal = '1'): Promise<boolean> {
    if (!(await this.runsHere())) return false;
    await this.#files.save();
    if (!this.#tabs.has(`terminal-${terminal}`)) this.#addTerminal(terminal);
    this.#drawer(true);
    this.#tabs.choose(`terminal-${terminal}`);
    const shell = this.#shell(terminal);
    await shell?.ready();
    shell?.focus();
    shell?.type(`${command}\r`);
    return true;
  }

  async spareTerminal(): Promise<string> {
    let number = 1;
    while (this.bench.screens.open.has(String(number))) number += 1;
    const name = String(number);
    if (!this.#tabs.has(`terminal-${name}`)) this.#addTerminal(name);
    this.#tabs.choose(`terminal-${name}`);
    await this.#shell(name)?.ready();
    return name;
  }

  async openFile(path: string, line?: number, message?: string): Promise<void> {
    if (!(await this.runsHere())) return;
    await this.#showing(this.#files.open(path, line, message));
  }

  async addLines(path: string, lines: string): Promise<void> {
    if (!(await this.runsHere())) return;
    await this.#showing(this.#files.addLines(path, lines));
  }

  /** Brings the editor into sight for what it has been asked to show; who asked by the keyboard goes on there. */
  async #showing(asked: Promise<void>): Promise<void> {
    const byKeyboard = document.activeElement?.matches('button:focus-visible') === true;
    this.#drawer(true);
    this.#tabs.choose('files');
    await asked;
    if (byKeyboard) this.#files.focus();
  }

  inspect(reference: Reference, container?: string): void {
    this.#cameFrom = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
    this.#drawer(true);
    this.#tabs.choose('inspect');
    this.#inspector.open(reference, container);
  }

  #shell(name: string): ShellTerminal | null {
    return this.querySelector<ShellTerminal>(`dd-terminal[name="${CSS.escape(name)}"]`);
  }

  #addTerminal(name: string): void {
    const shell = document.createElement('dd-terminal') as ShellTerminal;
    const label = words.bench.terminal(Number(name));
    shell.setAttribute('name', name);
    shell.setAttribute('label', words.terminal.label(label));
    this.#tabs.add({ id: `terminal-${name}`, label, panel: shell, before: 'files' });
  }

  #newTerminal(): void {
    for (let number = 1; number <= MAX_TERMINALS; number++) {
      const name = String(number);
      if (this.#tabs.has(`terminal-${name}`)) continue;
      this.#addTerminal(name);
      this.#tabs.choose(`terminal-${name}`);
      this.#shell(name)?.focus();
      return;
    }
    this.#tabs.choose(`terminal-${MAX_TERMINALS}`);
  }

  showText(): void {
    this.#drawer(false);
  }

  async askUndo(): Promise<void> {
    const { undoAsk, undoYes, startOverNo } = words.bench;
    // What was typed to get here is an action too.
    if (await this.#agreed(undoAsk, undoYes, startOverNo)) await this.bench.stepBack(2);
  }

  async askReset(): Promise<void> {
    const { startOverAsk, startOverYes, startOverNo } = words.bench;
    if (await this.#agreed(startOverAsk, startOverYes, startOverNo)) await this.bench.startOver();
  }

  /** Asks, and says whether the answer was yes. */
  #agreed(question: string, yes: string, no: string): Promise<boolean> {
    return new Promise((resolve) => {
      const dialog = h('dialog', { 'aria-label': yes });
      // Not by the event `close`, which comes a little later: what is typed by then is meant for what was agreed to.
      const end = (agreed: boolean) => {
        dialog.close();
        dialog.remove();
        resolve(agreed);
      };
      const refuse = h('button', { type: 'button', onclick: () => end(false) }, no);
      const agree = h('button', { type: 'button', class: 'strong', onclick: () => end(true) }, yes);
      dialog.append(h('p', {}, question), h('div', { class: 'dialog-buttons' }, refuse, agree));
      dialog.addEventListener('cancel', () => end(false));
      // A bench that is a drawer and shut is not drawn, and neither is what lies in it.
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  #resetButton(): HTMLElement {
    return h(
      'button',
      { type: 'button', class: 'quiet-button', onclick: () => void this.askReset() },
      words.bench.startOver,
    );
  }

  /** Keeps, for the map of the course, that this page was opened, and that its end was reached. */
  async #remember(): Promise<void> {
    const keeping = await openKeeping();
    const { id } = this.bench.setup;
    await keeping.achieve(`seen ${id.replace(/^(lesson|exercise)\//, '$1s/')}/`);
    const end = document.querySelector('.onward');
    if (end === null) return;
    new IntersectionObserver((entries, observer) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      void keeping.achieve(`${id}/read`);
    }).observe(end);
  }

  /** On narrow screens the bench is a drawer. */
  #drawer(open: boolean): void {
    if (this.hasAttribute('open') === open) return;
    this.toggleAttribute('open', open);
    if (!open) this.querySelector<HTMLElement>('.drawer-handle')?.focus();
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !(event.target instanceof Element)) return;
    if (event.target.closest('dd-inspector') === null) return;
    this.#cameFrom?.focus();
  }
}

/** Nothing more is on its way unless the learner asks for it. */
function hasEnded({ kind }: Phase): boolean {
  return kind !== 'starting' && kind !== 'running';
}

/** What the page says of its bench; a task of an exam has a cluster of its own. */
function setupOf(element: HTMLElement): BenchSetup {
  const setup = JSON.parse(element.getAttribute('setup') ?? '{}') as BenchSetup;
  const exam = examOfPage(Date.now());
  return exam === undefined ? setup : { ...setup, id: setup.id.replace(/^exercise\//, `exam/${exam.id}/`) };
}

/** A bench of one's own and a picture of somebody else's may be open side by side. */
function benchIn(place: Place, setup: BenchSetup): Bench {
  return new Bench(setup, place.open, place.keptAs);
}
