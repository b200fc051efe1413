import { DESCRIPTIONS } from '../../api/schema/generated/descriptions.ts';
import type { WorkstationTools } from '../workstation-tools.ts';
import { componentTools } from './late-components.ts';
import { kubectlWith } from './late-kubectl.ts';
import { programTools } from './late-programs.ts';

/** The workstation's tools, all there from the start. */
export const allTools: WorkstationTools = {
  ...kubectlWith(() => DESCRIPTIONS),
  ...componentTools,
  ...programTools,
};
