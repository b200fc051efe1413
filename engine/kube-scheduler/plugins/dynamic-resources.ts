import type { Plugin } from '../framework.ts';
import { unresolvable } from '../rejection.ts';

/**
 * Resource claims (`resource.k8s.io`) are stored here, but nobody makes them from templates, and no driver offers devices: a
 * Pod that wants one waits outside the queue, without an event, as it does in a real cluster before its claim is made.
 * What the plugin says in every failure, whether or not there are claims, is kept.
 */
export const dynamicResources = (): Plugin => ({
  name: 'DynamicResources',

  preEnqueue({ metadata, spec }) {
    const [claim] = spec.resourceClaims ?? [];
    if (claim === undefined) return undefined;
    const { resourceClaimName } = claim;
    return unresolvable(
      resourceClaimName === undefined
        ? `pod "${metadata.namespace}/${metadata.name}": ResourceClaim not created yet`
        : `resourceclaim.resource.k8s.io "${resourceClaimName}" not found`,
    );
  },

  postFilter: () => ({ message: 'no new claims to deallocate' }),
});
