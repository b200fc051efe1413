import { claimOfMachine, DISK_MACHINE, onMachine, readFault } from '../bench/fault-words.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { type BenchDoor, theBench } from './the-bench.ts';

/** `<dd-break do="kill container harbour web">`: a button that breaks something, as often as it is pressed. */
export class BreakIt extends HTMLElement {
  readonly #said = h('span', { class: 'break-said', role: 'status' });

  connectedCallback(): void {
    if (this.querySelector('button') !== null) return;
    const label = this.textContent?.trim() ?? '';
    const button = h('button', { type: 'button', class: 'break', onclick: () => void this.#break() }, label);
    this.replaceChildren(button, this.#said);
  }

  async #break(): Promise<void> {
    const door = await theBench;
    if (!(await door.runsHere())) return;
    try {
      const input = await named(door, readFault(this.getAttribute('do') ?? ''));
      if (input === undefined) {
        setText(this.#said, words.breakIt.nothing);
        return;
      }
      await door.bench.submit(input);
      this.toggleAttribute('data-done', true);
      setText(this.#said, words.breakIt.done);
    } catch (error) {
      setText(this.#said, words.breakIt.failed(error instanceof Error ? error.message : String(error)));
    }
  }
}

/** The input with the names of the Pod or machine that its words stand for; undefined when there is no such thing. */
async function named({ bench }: BenchDoor, input: ReturnType<typeof readFault>): Promise<typeof input | undefined> {
  const { fault } = input;
  const claim = claimOfMachine(input);
  if (claim !== undefined) {
    const host = await bench.remote?.field(claim, DISK_MACHINE);
    return host === undefined ? undefined : onMachine(input, host);
  }
  if (fault.type !== 'kill-container') return input;
  const found = await bench.remote?.find(`pod ${fault.namespace}/${fault.pod}`);
  return found === undefined ? undefined : { kind: 'fault', fault: { ...fault, pod: found.name } };
}
