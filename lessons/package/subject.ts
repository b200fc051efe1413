export const FORMATS = ['scorm12', 'scorm2004', 'cmi5'] as const;
export type Format = (typeof FORMATS)[number];

/** What a package is made of. */
export interface Subject {
  readonly kind: 'lesson' | 'exercise';
  /** Its slug; a variant of an exercise has its number behind it, `six-crates/2`. */
  readonly id: string;
  /** The folder of the language. */
  readonly language: string;
  readonly format: Format;
}

const NAME = 'DRYDOCK_PACKAGE';

/** How the build of a package's page is told what to build. */
export function environmentOf(subject: Subject): Readonly<Record<string, string>> {
  return { [NAME]: JSON.stringify(subject) };
}

/** The other end of that. */
export function packagedSubject(environment: Readonly<Record<string, string | undefined>>): Subject {
  const said = environment[NAME];
  if (said === undefined) throw new Error('npm run package builds this page');
  return JSON.parse(said) as Subject;
}
