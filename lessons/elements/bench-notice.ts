import type { Bench, Phase } from '../bench/bench.ts';
import type { RunAside } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { h } from './dom.ts';
import { saveAs } from './save-file.ts';

/** What stands over the picture whenever the cluster does not run as it should: a plain sentence and a way on. */
export class BenchNotice {
  readonly element = h('div', { class: 'notice', role: 'status', tabindex: -1 });
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
    bench.phase.on(() => this.#draw());
    bench.durable.on(() => this.#draw());
    bench.outdated.on(() => this.#draw());
  }

  #draw(): void {
    const parts = this.#parts(this.#bench.phase.value);
    this.element.replaceChildren(...parts);
    this.element.hidden = parts.length === 0;
  }

  #parts(phase: Phase): HTMLElement[] {
    const text = words.bench;
    switch (phase.kind) {
      case 'starting':
        return [sentence(startingText(phase))];
      case 'elsewhere':
        return [sentence(text.elsewhere), button(text.takeOver, () => void this.#bench.takeOver())];
      case 'unreadable':
        return [
          sentence(text.unreadable),
          sentence(text.unreadableWhy(phase.message)),
          ...(phase.aside === undefined
            ? []
            : [sentence(text.unreadableKept), button(text.download, () => save(phase.aside!))]),
          this.#startOver(),
        ];
      case 'failed':
        return [
          sentence(text.failed),
          sentence(text.failedWhy(phase.message)),
          button(text.stepBack, () => void this.#bench.stepBack()),
          this.#startOver(),
        ];
      case 'running':
        return [
          ...(this.#bench.durable.value ? [] : [sentence(text.notDurable)]),
          ...(this.#bench.outdated.value
            ? [sentence(text.outdated), button(text.goOn, () => this.#goOn()), this.#startOver()]
            : []),
        ];
    }
  }

  #goOn(): void {
    this.#bench.outdated.value = false;
  }

  #startOver(): HTMLElement {
    return button(words.bench.startOver, () => void this.#bench.startOver());
  }
}

function startingText({ reachedMs, ofMs }: Extract<Phase, { kind: 'starting' }>): string {
  if (reachedMs === undefined || ofMs === undefined) return words.bench.starting;
  return ofMs === 0 ? words.bench.restoring : words.bench.restoringTo(Math.floor((100 * reachedMs) / ofMs));
}

function sentence(text: string): HTMLElement {
  return h('p', {}, text);
}

function button(label: string, press: () => void): HTMLElement {
  return h('button', { type: 'button', onclick: press }, label);
}

function save(aside: RunAside): void {
  saveAs(`drydock-${aside.id.replaceAll('/', '-')}.json`, JSON.stringify(aside, null, 1));
}
