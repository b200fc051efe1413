/** What the driver's flags say. */
export interface DriverSettings {
  readonly name: string;
  readonly nodeId: string;
  /** Where volumes can be used; empty: everywhere. */
  readonly topology: Readonly<Record<string, string>>;
  readonly maxVolumes: number;
  /** Volumes have to be attached to a node before they can be used there. */
  readonly attaches: boolean;
  readonly newId: () => string;
  /** What the machine's clock shows, in milliseconds since 1970. */
  readonly now: () => number;
  /** Whether volumes' attributes may be changed, and which; an empty list: any. */
  readonly modifies: boolean;
  readonly mutableParameters: readonly string[];
}
