import type { Plugin } from '../framework.ts';
import { unresolvable } from '../rejection.ts';

const REJECTION = unresolvable("node(s) didn't match the requested node name");

/** A Pod that names its node fits no other. */
export const nodeName = (): Plugin => ({
  name: 'NodeName',

  filter: (_state, { pod }, node) =>
    (pod.spec.nodeName ?? '') === '' || pod.spec.nodeName === node.name ? undefined : REJECTION,

  sign: ({ pod }) => pod.spec.nodeName,

  mayHelp: (event, { pod }) => event.kind === 'NodeAdd' && event.node.metadata.name === pod.spec.nodeName,
});
