import { describe, expect, test } from 'vitest';
import { cmi5Structure } from './cmi5-structure.ts';
import { type Contents, scorm12Manifest, scorm2004Manifest } from './scorm-manifest.ts';

const CONTENTS: Contents = {
  identifier: 'drydock-lesson-two-en',
  about: { title: 'Two & <three>', description: 'What "two"\u0007 is', language: 'en' },
  files: ['index.html', 'files/a.js'],
};

test('SCORM 1.2: one item, one resource that reports, every file', () => {
  expect(scorm12Manifest({ ...CONTENTS, passMark: 0.8 })).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="drydock-lesson-two-en" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd http://www.imsglobal.org/xsd/imsmd_rootv1p2p1 imsmd_rootv1p2p1.xsd http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
  </metadata>
  <organizations default="drydock-lesson-two-en-organization">
    <organization identifier="drydock-lesson-two-en-organization">
      <title>Two &amp; &lt;three&gt;</title>
      <item identifier="drydock-lesson-two-en-item" identifierref="drydock-lesson-two-en-resource" isvisible="true">
        <title>Two &amp; &lt;three&gt;</title>
        <adlcp:masteryscore>80</adlcp:masteryscore>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="drydock-lesson-two-en-resource" type="webcontent" adlcp:scormtype="sco" href="index.html">
      <file href="index.html"/>
      <file href="files/a.js"/>
    </resource>
  </resources>
</manifest>
`);
});

test('SCORM 2004: the page says what is done; a pass mark lets the system reckon', () => {
  const plain = scorm2004Manifest(CONTENTS);
  expect(plain).toContain('<schemaversion>2004 4th Edition</schemaversion>');
  expect(plain).toContain('xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"');
  expect(plain).toContain('adlcp:scormType="sco"');
  expect(plain).toContain(`        <imsss:sequencing>
          <imsss:objectives>
            <imsss:primaryObjective satisfiedByMeasure="false"/>
          </imsss:objectives>
          <imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>
        </imsss:sequencing>`);
  expect(
    scorm2004Manifest({ ...CONTENTS, passMark: 0.75 }),
  ).toContain(`            <imsss:primaryObjective satisfiedByMeasure="true">
              <imsss:minNormalizedMeasure>0.75</imsss:minNormalizedMeasure>
            </imsss:primaryObjective>`);
});

describe('cmi5', () => {
  test('a course of one unit, in the order of the schema', () => {
    const urn = expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const structure = cmi5Structure({ ...CONTENTS, passMark: 0.8 });
    const [course, unit] = [...structure.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect([course, unit]).toEqual([urn, urn]);
    expect(course).not.toBe(unit);
    expect(structure.replace(course!, 'COURSE').replace(unit!, 'UNIT')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
  <course id="COURSE">
    <title>
      <langstring lang="en">Two &amp; &lt;three&gt;</langstring>
    </title>
    <description>
      <langstring lang="en">What &quot;two&quot; is</langstring>
    </description>
  </course>
  <au id="UNIT" launchMethod="AnyWindow" moveOn="Passed" masteryScore="0.8">
    <title>
      <langstring lang="en">Two &amp; &lt;three&gt;</langstring>
    </title>
    <description>
      <langstring lang="en">What &quot;two&quot; is</langstring>
    </description>
    <url>index.html</url>
  </au>
</courseStructure>
`);
  });

  test('the names are the same in every version of a package', () => {
    expect(cmi5Structure({ ...CONTENTS, files: [] })).toBe(cmi5Structure(CONTENTS));
    expect(cmi5Structure({ ...CONTENTS, identifier: 'drydock-lesson-two-zh' })).not.toBe(cmi5Structure(CONTENTS));
  });
});
