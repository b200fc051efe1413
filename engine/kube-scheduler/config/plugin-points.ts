/** The extension points in the order in which a Pod meets them, as the configuration file names them. */
export const EXTENSION_POINTS = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const;

export type ExtensionPoint = (typeof EXTENSION_POINTS)[number];

export interface EnabledPlugin {
  readonly name: string;
  /** Counts for scores only. */
  readonly weight: number;
}

/** Which plugins act at each extension point, in order. */
export type PluginPoints = Readonly<Record<ExtensionPoint, readonly EnabledPlugin[]>>;
