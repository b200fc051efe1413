import type { Pod } from '../../api/kinds.ts';
import type { Plugin } from '../framework.ts';
import type { PluginFactory } from '../handle.ts';
import { unresolvable } from '../rejection.ts';

const NOTHING = { message: 'no new claims to deallocate' };
const NOBODY = unresolvable('this scheduler knows nothing of ResourceClaims');

/**
 * ResourceClaims (`resource.k8s.io`). Few Pods have any: what sees to them (`dynamic-resources/`) is made, and begins to follow
 * claims, classes and slices, when the first such Pod comes. For all others the plugin costs nothing.
 */
export const dynamicResources: PluginFactory = (handle, args) => {
  let made: Plugin | undefined;
  const pluginFor = ({ spec }: Pod): Plugin | undefined => {
    if (spec.resourceClaims === undefined) return undefined;
    made ??= handle.claimPlugin()?.(handle, args) ?? { name: '', preEnqueue: () => NOBODY };
    return made;
  };
  return {
    name: 'DynamicResources',
    preEnqueue: (pod) => pluginFor(pod)?.preEnqueue?.(pod),
    preFilter(state, info) {
      const plugin = pluginFor(info.pod);
      return plugin === undefined ? 'Skip' : plugin.preFilter?.(state, info);
    },
    filter: (state, info, node) => made?.filter?.(state, info, node),
    postFilter: (state, info, diagnosis) => pluginFor(info.pod)?.postFilter?.(state, info, diagnosis) ?? NOTHING,
    reserve: (state, info, nodeName) => pluginFor(info.pod)?.reserve?.(state, info, nodeName),
    unreserve: (state, info, nodeName) => pluginFor(info.pod)?.unreserve?.(state, info, nodeName),
    preBind(state, info, nodeName, done) {
      const plugin = pluginFor(info.pod);
      if (plugin === undefined) done();
      else plugin.preBind!(state, info, nodeName, done);
    },
    mayHelp: (event, info) => made?.mayHelp?.(event, info) ?? false,
  };
};
