import type { About } from './about.ts';
import { document, type Element, element } from './xml.ts';

/** What a manifest describes: one page that reports, and the files it needs. */
export interface Contents {
  /** Letters, digits, dashes and dots; the same in every version of the package. */
  readonly identifier: string;
  readonly about: About;
  /** All files, the page among them. */
  readonly files: readonly string[];
  /** From which score on it is passed, between 0 and 1; absent: the system is told when all is done. */
  readonly passMark?: number;
}

/** Where a package begins. */
export const PAGE = 'index.html';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** `imsmanifest.xml` of SCORM 1.2: Content Aggregation Model (ADL, 2001), chapter 2. */
export function scorm12Manifest(contents: Contents): string {
  const { passMark } = contents;
  const mastery =
    passMark === undefined ? [] : [element('adlcp:masteryscore', {}, String(Number((passMark * 100).toFixed(2))))];
  return document(
    element(
      'manifest',
      {
        identifier: contents.identifier,
        version: '1.0',
        xmlns: 'http://www.imsproject.org/xsd/imscp_rootv1p1p2',
        'xmlns:adlcp': 'http://www.adlnet.org/xsd/adlcp_rootv1p2',
        'xmlns:xsi': XSI,
        'xsi:schemaLocation': located({
          'http://www.imsproject.org/xsd/imscp_rootv1p1p2': 'imscp_rootv1p1p2.xsd',
          'http://www.imsglobal.org/xsd/imsmd_rootv1p2p1': 'imsmd_rootv1p2p1.xsd',
          'http://www.adlnet.org/xsd/adlcp_rootv1p2': 'adlcp_rootv1p2.xsd',
        }),
      },
      parts(contents, '1.2', 'adlcp:scormtype', mastery),
    ),
  );
}

/** `imsmanifest.xml` of SCORM 2004 4th Edition: Content Aggregation Model 1.1 (ADL, 2009), chapter 3. */
export function scorm2004Manifest(contents: Contents): string {
  return document(
    element(
      'manifest',
      {
        identifier: contents.identifier,
        version: '1.0',
        xmlns: 'http://www.imsglobal.org/xsd/imscp_v1p1',
        'xmlns:adlcp': 'http://www.adlnet.org/xsd/adlcp_v1p3',
        'xmlns:imsss': 'http://www.imsglobal.org/xsd/imsss',
        'xmlns:xsi': XSI,
        'xsi:schemaLocation': located({
          'http://www.imsglobal.org/xsd/imscp_v1p1': 'imscp_v1p1.xsd',
          'http://www.adlnet.org/xsd/adlcp_v1p3': 'adlcp_v1p3.xsd',
          'http://www.imsglobal.org/xsd/imsss': 'imsss_v1p0.xsd',
        }),
      },
      parts(contents, '2004 4th Edition', 'adlcp:scormType', [sequencing(contents)]),
    ),
  );
}

/** The page itself says whether it is done and passed, unless a pass mark lets the system reckon the latter. */
function sequencing({ passMark }: Contents): Element {
  const mark = passMark === undefined ? [] : [element('imsss:minNormalizedMeasure', {}, String(passMark))];
  const objective = element('imsss:primaryObjective', { satisfiedByMeasure: String(passMark !== undefined) }, mark);
  return element('imsss:sequencing', {}, [
    element('imsss:objectives', {}, [objective]),
    element('imsss:deliveryControls', { completionSetByContent: 'true', objectiveSetByContent: 'true' }),
  ]);
}

/** @param ofItem what an item of this edition has besides its title */
function parts(
  { identifier, about, files }: Contents,
  version: string,
  type: string,
  ofItem: readonly Element[],
): readonly Element[] {
  const [organization, item, resource] = ['organization', 'item', 'resource'].map((each) => `${identifier}-${each}`);
  const title = element('title', {}, about.title);
  return [
    element('metadata', {}, [element('schema', {}, 'ADL SCORM'), element('schemaversion', {}, version)]),
    element('organizations', { default: organization! }, [
      element('organization', { identifier: organization! }, [
        title,
        element('item', { identifier: item!, identifierref: resource!, isvisible: 'true' }, [title, ...ofItem]),
      ]),
    ]),
    element('resources', {}, [
      element(
        'resource',
        { identifier: resource!, type: 'webcontent', [type]: 'sco', href: PAGE },
        files.map((href) => element('file', { href })),
      ),
    ]),
  ];
}

function located(schemas: Readonly<Record<string, string>>): string {
  return Object.entries(schemas).flat().join(' ');
}
