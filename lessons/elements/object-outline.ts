import type { Outline, OutlinedObject, ServiceDoor } from '../bench/outline.ts';
import { words } from '../i18n/page-words.ts';
import { h } from './dom.ts';
import { type Asked, LiveView } from './live-view.ts';
import { theBench } from './the-bench.ts';

/** `<dd-outline>`: the learner's objects, each under the one that owns it; a press opens one. */
export class ObjectOutline extends LiveView<Outline> {
  protected ask(remote: Asked): Promise<Outline> {
    return remote.outline();
  }

  protected draw({ objects }: Outline): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset['uid'];
    const known = new Set(objects.map(({ uid }) => uid));
    const owned = Map.groupBy(objects, ({ owner }) => (owner !== undefined && known.has(owner) ? owner : ''));
    this.replaceChildren(objects.length === 0 ? h('p', { class: 'quiet' }, words.outline.none) : branch(owned, ''));
    if (focused !== undefined) this.querySelector<HTMLElement>(`[data-uid="${CSS.escape(focused)}"]`)?.focus();
  }
}

function branch(owned: ReadonlyMap<string, readonly OutlinedObject[]>, owner: string): HTMLElement {
  const lines = (owned.get(owner) ?? []).map(({ uid, reference, state }) => {
    const open = async () => (await theBench).inspect(reference);
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', class: 'outlined', 'data-uid': uid, onclick: () => void open() },
        h('span', { class: 'quiet' }, reference.kind),
        ` ${reference.name} `,
        h('span', { class: 'quiet' }, state),
      ),
      owned.has(uid) ? branch(owned, uid) : undefined,
    );
  });
  return h('ul', { class: 'outline', role: 'list' }, ...lines);
}

/** `<dd-doors>`: Services as doors above the rooms; pointing at one lights the Pods that answer behind it. */
export class ServiceDoors extends LiveView<readonly ServiceDoor[]> {
  protected async ask(remote: Asked): Promise<readonly ServiceDoor[]> {
    return (await remote.outline()).doors;
  }

  protected draw(doors: readonly ServiceDoor[]): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset['door'];
    this.replaceChildren(
      doors.length === 0 ? '' : h('h3', { class: 'doors-title' }, words.outline.doors),
      h('ul', { class: 'doors', role: 'list' }, ...doors.map(door)),
    );
    if (focused !== undefined) this.querySelector<HTMLElement>(`[data-door="${CSS.escape(focused)}"]`)?.focus();
  }
}

function door(service: ServiceDoor): HTMLElement {
  const { uid, namespace, name, type, address, ports, pods, endpoints } = service;
  const light = (of: string) => document.dispatchEvent(new CustomEvent('dd-light', { detail: of }));
  const shine = () => light(pods.map((pod) => `pod ${pod}`).join(','));
  const open = async () => (await theBench).inspect({ kind: 'Service', namespace, name });
  return h(
    'li',
    { 'data-open': endpoints > 0 },
    h(
      'button',
      {
        type: 'button',
        class: 'door',
        'data-door': uid,
        'data-door-name': name,
        onclick: () => void open(),
        onpointerenter: shine,
        onfocus: shine,
        onpointerleave: () => light(''),
        onblur: () => light(''),
      },
      h('strong', {}, name),
      h(
        'span',
        {},
        `${type === 'headless' ? words.outline.headless : type} ${[address, ports.join(',')].filter((part) => part !== '').join(':')}`,
      ),
      h('span', { class: 'word' }, answering(service)),
    ),
  );
}

function answering({ type, pods, endpoints }: ServiceDoor): string {
  if (type === 'ExternalName') return words.outline.alias;
  return endpoints > pods.length ? words.outline.endpoints(endpoints) : words.outline.behind(pods.length);
}
