import type { LtiWorld } from './grade-passback.ts';
import type { LtiSettings } from './platform.ts';
import type { ToolKeys } from './tool-keys.ts';

/** This site as a tool of platforms. */
export interface LtiTool {
  readonly settings: LtiSettings;
  readonly keys: ToolKeys;
  readonly world: LtiWorld;
}
