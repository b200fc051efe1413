import type { PrinterColumn } from '../descriptor.ts';
import type { PodTemplateSpec } from '../kinds.ts';
import type { LabelSelectorFields } from '../label-selector.ts';
import type { KubeObject } from '../object.ts';
import { wideColumn } from '../printer-columns.ts';
import { formatSelector } from './selector.ts';

interface Workload extends KubeObject {
  readonly spec?: { readonly template?: PodTemplateSpec; readonly selector?: object };
}

function containersOf(workload: Workload) {
  return workload.spec?.template?.spec?.containers ?? [];
}

/** The columns that `-o wide` adds for whatever makes Pods from a template. */
export function workloadColumns<T extends Workload>(
  selectorDescription: string,
  selectorOf: (workload: T) => LabelSelectorFields | undefined = (workload) => workload.spec?.selector,
): readonly PrinterColumn<T>[] {
  return [
    wideColumn('Containers', 'Names of each container in the template.', (workload) =>
      containersOf(workload)
        .map((container) => container.name)
        .join(','),
    ),
    wideColumn('Images', 'Images referenced by each container in the template.', (workload) =>
      containersOf(workload)
        .map((container) => container.image ?? '')
        .join(','),
    ),
    wideColumn('Selector', selectorDescription, (workload) => formatSelector(selectorOf(workload))),
  ];
}
