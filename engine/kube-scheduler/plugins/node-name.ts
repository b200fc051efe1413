import type { Plugin, Rejection } from '../framework.ts';

const REJECTION: Rejection = { reasons: ["node(s) didn't match the requested node name"], resolvable: false };

/** A Pod that names its node fits no other. */
export const nodeName: Plugin = {
  name: 'NodeName',

  filters: ({ pod }) => pod.spec.nodeName !== undefined && pod.spec.nodeName !== '',

  filter: ({ pod }, node) => (pod.spec.nodeName === node.name ? undefined : REJECTION),

  mayHelp: (event, { pod }) => event.kind === 'NodeAdd' && event.node.metadata.name === pod.spec.nodeName,
};
