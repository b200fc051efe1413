import type { ComponentTools, Descriptions, KubectlTools, ProgramTools } from '../cluster/workstation-tools.ts';

/** The modules in which the workstation's tools are, on their way. */
export interface LateParts {
  readonly kubectl: Promise<(descriptions: () => Descriptions) => KubectlTools>;
  readonly components: Promise<ComponentTools>;
  readonly programs: Promise<ProgramTools>;
  readonly descriptions: Promise<Descriptions>;
}

/**
 * Asks for the modules: first, and by themselves, those that a first command waits for, so that on a slow line the large
 * rest does not take half of it.
 */
export function fetchLateParts(): LateParts {
  const kubectl = import('../cluster/tools/late-kubectl.ts').then(({ kubectlWith }) => kubectlWith);
  const components = import('../cluster/tools/late-components.ts').then(({ componentTools }) => componentTools);
  const programs = Promise.all([kubectl, components])
    .then(() => import('../cluster/tools/late-programs.ts'))
    .then(({ programTools }) => programTools);
  const descriptions = programs
    .then(() => import('../api/schema/generated/descriptions.ts'))
    .then(({ DESCRIPTIONS }) => DESCRIPTIONS);
  return { kubectl, components, programs, descriptions };
}
