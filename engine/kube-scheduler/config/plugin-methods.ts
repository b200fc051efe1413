import type { Plugin } from '../framework.ts';
import type { ExtensionPoint } from './plugin-points.ts';

/** The method by which a plugin shows that it acts at an extension point. */
const METHODS: Readonly<Record<ExtensionPoint, readonly (keyof Plugin)[]>> = {
  preEnqueue: ['preEnqueue'],
  queueSort: ['before'],
  preFilter: ['preFilter'],
  filter: ['filter'],
  postFilter: ['postFilter'],
  preScore: ['preScore'],
  score: ['score'],
  reserve: ['reserve', 'unreserve'],
  permit: ['permit'],
  preBind: ['preBind'],
  bind: ['bind'],
  postBind: ['postBind'],
};

export function actsAt(plugin: Plugin, point: ExtensionPoint): boolean {
  return METHODS[point].some((method) => plugin[method] !== undefined);
}
