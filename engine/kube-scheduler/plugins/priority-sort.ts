import type { Plugin } from '../framework.ts';

/** The highest priority goes first; among equals, who came, or was tried last, before the others. */
export const prioritySort = (): Plugin => ({
  name: 'PrioritySort',

  before(a, b) {
    if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
    return a.queuedMs < b.queuedMs || (a.queuedMs === b.queuedMs && a.sequence < b.sequence);
  },
});
