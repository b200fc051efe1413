/** What a manifest says of what is in a package. */
export interface About {
  readonly title: string;
  readonly description: string;
  /** As pages declare it: `zh-CN`. */
  readonly language: string;
}
