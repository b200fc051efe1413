import type { Bench } from '../bench/bench.ts';
import { readSharedRun, sharedRun } from '../bench/saved-run.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { saveAs } from './save-file.ts';

const FRAGMENT = '#run=';
/** Longer addresses are cut by mail programs, chats and some browsers. */
const MAX_LINK = 60_000;

/** Few share a state, and few are given one. */
const packing = () => import('../bench/packing.ts');

/** A button and a dialog: this cluster, exactly as it is, as a link or a file. */
export function shareButton(bench: Bench): HTMLElement {
  const note = h('p', { role: 'status' });
  const dialog = h('dialog', { 'aria-label': words.share.title });
  const close = () => dialog.close();
  const copy = async () => {
    const run = await bench.run();
    if (run === undefined) return;
    const { pack } = await packing();
    const url = `${location.origin}${location.pathname}${FRAGMENT}${pack(sharedRun(bench.setup.id, run))}`;
    if (url.length > MAX_LINK) {
      setText(note, words.share.tooLong(Math.ceil(url.length / 1000)));
      return;
    }
    try {
      await navigator.clipboard.writeText(url);
      setText(note, words.share.copied);
    } catch {
      note.replaceChildren(h('a', { href: url }, words.share.here));
    }
  };
  const save = async () => {
    const run = await bench.run();
    if (run === undefined) return;
    const name = `drydock-${bench.setup.id.replaceAll('/', '-')}.json`;
    saveAs(name, JSON.stringify(sharedRun(bench.setup.id, run)));
  };
  dialog.append(
    h('p', {}, words.share.text),
    note,
    h(
      'div',
      { class: 'dialog-buttons' },
      h('button', { type: 'button', class: 'strong', onclick: () => void copy() }, words.share.copy),
      h('button', { type: 'button', onclick: () => void save() }, words.share.save),
      h('button', { type: 'button', onclick: close }, words.search.close),
    ),
  );
  const open = () => {
    setText(note, '');
    dialog.showModal();
  };
  return h(
    'span',
    {},
    h('button', { type: 'button', class: 'quiet-button', onclick: open }, words.share.title),
    dialog,
  );
}

/** A link with a state in it has been opened: asks, and takes it in. Resolves when the bench may open. */
export async function takeShared(bench: Bench, place: HTMLElement): Promise<void> {
  if (!location.hash.startsWith(FRAGMENT)) return;
  const packed = location.hash.slice(FRAGMENT.length);
  history.replaceState(null, '', location.pathname + location.search);
  const dialog = h('dialog', { 'aria-label': words.share.title });
  const answered = Promise.withResolvers<boolean>();
  const buttons = h('div', { class: 'dialog-buttons' });
  const choice = (label: string, yes: boolean) =>
    h('button', { type: 'button', class: yes ? 'strong' : '', onclick: () => answered.resolve(yes) }, label);
  dialog.addEventListener('close', () => answered.resolve(false));
  place.append(dialog);
  try {
    const { unpack } = await packing();
    const { id, run } = readSharedRun(unpack(packed));
    if (id !== bench.setup.id) throw new Error(words.share.elsewhere);
    dialog.append(h('p', {}, words.share.arrived(run.entries.length)), buttons);
    buttons.append(choice(words.share.keep, false), choice(words.share.take, true));
    dialog.showModal();
    if (await answered.promise) await bench.adopt(run);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    dialog.replaceChildren(h('p', {}, words.share.refused(reason)), buttons);
    buttons.replaceChildren(choice(words.share.goOn, false));
    dialog.showModal();
    await answered.promise;
  } finally {
    dialog.remove();
  }
}
