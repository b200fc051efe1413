/**
 * What one plugin or extender thought of the nodes that would do, in step with `Placement.feasible`. In a large cluster these
 * are most of what a cycle leaves behind; as typed arrays the collector need not move them.
 */
export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  /** As the plugin gave them. */
  readonly raw: Float64Array;
  /** From 0 to 100, unless an extender exaggerates. */
  readonly normalized: Float64Array;
}
