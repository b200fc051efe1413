import { createHash } from 'node:crypto';
import { type Contents, PAGE } from './scorm-manifest.ts';
import { document, type Element, element } from './xml.ts';

/** `cmi5.xml`, a course of one unit: https://github.com/AICC/CMI-5_Spec_Current/blob/quartz/cmi5_spec.md section 13. */
export function cmi5Structure({ identifier, about, passMark }: Contents): string {
  const said = (name: string, text: string): Element =>
    element(name, {}, [element('langstring', { lang: about.language }, text)]);
  const words = [said('title', about.title), said('description', about.description)];
  return document(
    element('courseStructure', { xmlns: 'https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd' }, [
      element('course', { id: urnOf(`${identifier} course`) }, words),
      element(
        'au',
        {
          id: urnOf(identifier),
          launchMethod: 'AnyWindow',
          moveOn: 'Passed',
          ...(passMark === undefined ? {} : { masteryScore: String(passMark) }),
        },
        [...words, element('url', {}, PAGE)],
      ),
    ]),
  );
}

/** A name that is the same in every version of the package and nobody else's: RFC 9562, a UUID of version 5. */
function urnOf(name: string): string {
  const bytes = createHash('sha1').update(`drydock ${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `urn:uuid:${hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
}
