import type { TabwriterOptions } from '../../kubectl/output/tabwriter.ts';

/** The settings of kubeadm's tables. */
export const KUBEADM_TABLE: TabwriterOptions = { minWidth: 10, padding: 3 };
