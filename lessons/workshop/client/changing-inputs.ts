import type { JournalEntry } from '@drydock/engine';

/** What changes something. Terminals' sizes and comings and goings are a page's own. */
const CHANGING: readonly string[] = ['file.write', 'file.delete', 'run', 'api', 'fault', 'terminal.input'];

/** Whether somebody did something by this, and not only their page. */
export function changesCluster({ kind }: JournalEntry['input']): boolean {
  return CHANGING.includes(kind);
}
