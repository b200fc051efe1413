import { words } from '../i18n/page-words.ts';
import { h } from './dom.ts';

/** What a learner is likely to want; all of it is one choice too. */
const PREFIXES = [
  '/registry/pods/default/',
  '/registry/deployments/',
  '/registry/replicasets/',
  '/registry/services/',
  '/registry/endpointslices/',
  '/registry/minions/',
  '/registry/leases/',
  '/registry/',
];

/** `<dd-etcd-panel>`: etcd's keys on the bench, below a prefix that one chooses or types. */
export class EtcdPanel extends HTMLElement {
  connectedCallback(): void {
    if (this.childElementCount > 0) return;
    const keys = h('div', { class: 'etcd-place' });
    const show = (prefix: string) => {
      const view = document.createElement('dd-etcd');
      view.setAttribute('prefix', prefix);
      keys.replaceChildren(view);
    };
    const field = h('input', {
      type: 'text',
      list: 'etcd-prefixes',
      value: PREFIXES[0],
      spellcheck: 'false',
      autocapitalize: 'off',
      onchange: () => show(field.value),
    });
    const choices = h('datalist', { id: 'etcd-prefixes' }, ...PREFIXES.map((value) => h('option', { value })));
    this.append(h('label', { class: 'etcd-head' }, h('span', {}, words.etcd.prefix), field), choices, keys);
    show(field.value);
  }
}
