import { expect, test } from 'vitest';
import { type Certificate, publicKeyInfo, readCertificate, readCertificates, writeCertificate } from './certificate.ts';
import { readKeyPair } from './key-pair.ts';
import { isFor, isSigned, judgeChain } from './trust.ts';

// What OpenSSL 3.0 made: an authority, what it signed, another of the same name, and one on an elliptic curve. The keys are for
// nothing but this.

const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIICDjCCAXegAwIBAgIUPZMN45k/MwYvBuAJVsS/n19GBBgwDQYJKoZIhvcNAQEL
BQAwGTEXMBUGA1UEAwwOcmVhbCBhdXRob3JpdHkwHhcNMjYxMTI4MDQzOTAxWhcN
MzYxMTI1MDQzOTAxWjAZMRcwFQYDVQQDDA5yZWFsIGF1dGhvcml0eTCBnzANBgkq
hkiG9w0BAQEFAAOBjQAwgYkCgYEA1ZNCe4DsBLb7kjQ3eBfn4Go+iqIB1l8mH/KB
h4pev51iwt8Pwwyd8vaGhogqGcHjBmt5SmygT4ggAWkM7/4YjiCkZBc1OHcN5EJr
2VV6QyPbS9w585M4M3hvxyfw7fIqNcK3aO6YlX6mnaz5B55oGlcLDwkfQSzVaj28
GJBhSNcCAwEAAaNTMFEwHQYDVR0OBBYEFAvPLIob03UI/6zxCJo44ogf1lIKMB8G
A1UdIwQYMBaAFAvPLIob03UI/6zxCJo44ogf1lIKMA8GA1UdEwEB/wQFMAMBAf8w
DQYJKoZIhvcNAQELBQADgYEAdFihq/1s1ixdsV6W4NuYejg8nqdxaVMiOCafM0Lc
fB/hKHmu2ZnfOJSlk+YuGXwjLTxrnlrUAcY7zALwB5hJqWy3i4vOQZ5aRg70/JfM
KXIcjnAM2zefFg6F0a55bfx3Zi3vpSVy0yIfMyDrIUIlqZO0ZquNxxBZYvEyWUH3
yTc=
-----END CERTIFICATE-----
`;
const LEAF = `-----BEGIN CERTIFICATE-----
MIICGjCCAYOgAwIBAgIUXRRD7hosdM/EKu+aeGNr98WxfGAwDQYJKoZIhvcNAQEL
BQAwGTEXMBUGA1UEAwwOcmVhbCBhdXRob3JpdHkwHhcNMjYxMTI4MDQzOTAxWhcN
MzYxMTI1MDQzOTAxWjAXMRUwEwYDVQQDDAxsZWFmLmV4YW1wbGUwgZ8wDQYJKoZI
hvcNAQEBBQADgY0AMIGJAoGBAKxe3bgJBuW+u8Lax8jta4KHQ/IbVMFC01gM2EUl
M9stII2UHktLEbW6EhjrGE/y91ySH+EDR662pD4eiR5/E6X7OHmVQsTVlVw3PgFG
XAE3Vs6QjzAbnixatXbL6fIA374Kc9B25vlGW+Wye+Q2vc2w+eJMv7V68o9BHsft
49VZAgMBAAGjYTBfMB0GA1UdEQQWMBSCDGxlYWYuZXhhbXBsZYcECgAABTAdBgNV
HQ4EFgQUMSGrJVgG14L8Zs0GcgfH3qRjMfswHwYDVR0jBBgwFoAUC88sihvTdQj/
rPEImjjiiB/WUgowDQYJKoZIhvcNAQELBQADgYEAryr2aIRRPiZdMy3DKNWohGER
xJSav4rZfraU8OlTNAZjrkP6WSkX+rk65FJDoU1w4CPlm2NzP9n0BwI/6m3pvFsM
NNk0BbBD3LyLPMaXzB3yhmNRT7T3dkxYVTBxB6jjSQVyUquGCKQLTbXNI1f2EASL
PlE8QlWXX+zpdWoMRCo=
-----END CERTIFICATE-----
`;
const LEAF_KEY = `-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAKxe3bgJBuW+u8La
x8jta4KHQ/IbVMFC01gM2EUlM9stII2UHktLEbW6EhjrGE/y91ySH+EDR662pD4e
iR5/E6X7OHmVQsTVlVw3PgFGXAE3Vs6QjzAbnixatXbL6fIA374Kc9B25vlGW+Wy
e+Q2vc2w+eJMv7V68o9BHsft49VZAgMBAAECgYBqdFBkp5aN72UQq4O1kQPT4mxR
KxYGIZpbB9vNoHNNSqqPJcor4Bn47QjeQNuMDNc+YbS0iA0OVxhKkRtILV1ZIqaJ
x2QnyDnLrslmP/EdQk+yFXwtl57XzLK+lfL06Fg8bw7QYtYR6Dj8WN/cy8e0SHNu
Os+sN/GSte/NoHksTQJBANePawX/PZ3iEuvokHlmuCYB4sqRm4j2eVDWSuxB4QnG
NDTRbx6l3KXFTBBYBCNT5vmhmLANWNbwRYiDGKuUSrsCQQDMtTRLXDNUACWf4Mi6
I6iDknwoKfLxCEi9L3Hy9oVpMY4wxKIQMSSh/JxXX0y7wPtg7f/wL5g0YDvY8A+5
erD7AkEAw8hbKEM/L5saHHJKZjlJoBuuZNYDMk7KuQUpX5QmVL5UxHREPM3grh+Y
im+msn+OFcUT7TLyMaZhQS/wxEYX6QJBAIhm8cqJTDZbxrZKnNXTLtVFBW/py9Sp
9XYCKEaB15GpkJqUW3y4kjVR0ocxnDq7M4V58QGFZUD5IsfB5mhsBYMCQBOJKZNf
GUzf0lYKXTn+VwPZPvRVsdaefoGtl9hLkkoV/1p5aCRw/MR16E+3ADSAvOr/F7+Z
bYBaqHq37irEOFI=
-----END PRIVATE KEY-----
`;
const NAMESAKE = `-----BEGIN CERTIFICATE-----
MIICDjCCAXegAwIBAgIUOlUX1E38WtxjC1oPArvUCPaMqlIwDQYJKoZIhvcNAQEL
BQAwGTEXMBUGA1UEAwwOcmVhbCBhdXRob3JpdHkwHhcNMjYxMTI4MDQzOTAyWhcN
MzYxMTI1MDQzOTAyWjAZMRcwFQYDVQQDDA5yZWFsIGF1dGhvcml0eTCBnzANBgkq
hkiG9w0BAQEFAAOBjQAwgYkCgYEA3p9BYMfhiGRlpnAuI3vUYGczsn7BzR5D9Skh
TykvnRaijYFAV2UwZumL6TNic2Tjv3R208pwMZO/0BX2GPmnMBie85ItbYWfDMUY
JgYGRk3RaUSjzqLdBPlILVaQTXA/O1ZM2g51YOS49UXm1az6inYk7lhi+suewBU0
sL/eN2kCAwEAAaNTMFEwHQYDVR0OBBYEFG7i5SkBr0EQxPLzoiqjjq78vHsBMB8G
A1UdIwQYMBaAFG7i5SkBr0EQxPLzoiqjjq78vHsBMA8GA1UdEwEB/wQFMAMBAf8w
DQYJKoZIhvcNAQELBQADgYEAfN7OzBsPfNZNM+dXfq/p9ywzq5FmTwvBxcnp6q38
ErjVqOZ9G43O1ppzXrZLENJNqcPuCByQVf9nOKaskv0+7GkfKMGirLMpSqFncAU8
jaBTgfaiysz6wOE9WanoJTdLi+biO2Orfsw0h4GM4OiKd1pD6Tlaf8kU9A90Uskp
xE0=
-----END CERTIFICATE-----
`;
const CURVE = `-----BEGIN CERTIFICATE-----
MIIBnjCCAUWgAwIBAgIUAnC6xAqS9F2GA9yq3RFo67j5hMowCgYIKoZIzj0EAwIw
JTETMBEGA1UEAwwKZWMuZXhhbXBsZTEOMAwGA1UECgwFY3VydmUwHhcNMjYxMTI4
MDQzOTAxWhcNMzYxMTI1MDQzOTAxWjAlMRMwEQYDVQQDDAplYy5leGFtcGxlMQ4w
DAYDVQQKDAVjdXJ2ZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKq2+2vzXlvu
EAvEDo7M8OvXPLMjrccd7+4JnEKGBdSpZ3o++UmI4CECX30omsZbcXji2pw5NtJM
XTQTgmCP9xSjUzBRMB0GA1UdDgQWBBTGDP300KmzxvJfRoZ+zaV3NQPmATAfBgNV
HSMEGDAWgBTGDP300KmzxvJfRoZ+zaV3NQPmATAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0cAMEQCIC6vggvC7aBHcQvkg8uKAz6lpctHF1EZBesO7j1w9i/p
AiA5Z8nFF0a9TDbQGlZX3BA6Aj9LrDFtB9xaBrrZV/tT8w==
-----END CERTIFICATE-----
`;
const CURVE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgA2OB1Ls4PQUawele
5W+Mk1RAW42xT9hfRZQS2eVimkyhRANCAASqtvtr815b7hALxA6OzPDr1zyzI63H
He/uCZxChgXUqWd6PvlJiOAhAl99KJrGW3F44tqcOTbSTF00E4Jgj/cU
-----END PRIVATE KEY-----
`;

const [authority] = readCertificates(AUTHORITY) as [Certificate];
const [leaf] = readCertificates(LEAF) as [Certificate];
const [namesake] = readCertificates(NAMESAKE) as [Certificate];
const now = leaf.notBeforeMs + 1000;

test('certificates as OpenSSL writes them', () => {
  expect(leaf).toMatchObject({
    subject: [['CN', 'leaf.example']],
    issuer: [['CN', 'real authority']],
    dnsNames: ['leaf.example'],
    addresses: ['10.0.0.5'],
    keyType: 'RSA',
    isAuthority: false,
  });
  expect(authority.isAuthority).toBe(true);
  expect(leaf.notAfterMs - leaf.notBeforeMs).toBe(3650 * 86_400_000);
  expect(readCertificates(CURVE)[0]).toMatchObject({
    keyType: 'EC',
    subject: [
      ['CN', 'ec.example'],
      ['O', 'curve'],
    ],
  });
  expect(isFor(leaf, 'LEAF.example')).toBe(true);
  expect(isFor(leaf, 'x.leaf.example')).toBe(false);
  expect(isFor(leaf, '10.0.0.5')).toBe(true);
});

test('a signature is by a key, not by a name', () => {
  expect(isSigned(leaf, authority)).toBe(true);
  expect(isSigned(leaf, namesake)).toBe(false);
  expect(judgeChain([leaf], [authority], now)).toBeUndefined();
  expect(judgeChain([leaf], [namesake], now)).toEqual({ code: 7, reason: 'certificate signature failure' });
  expect(judgeChain([leaf], [], now)).toEqual({ code: 20, reason: 'unable to get local issuer certificate' });
  expect(judgeChain([leaf, authority], [], now)).toEqual({
    code: 19,
    reason: 'self-signed certificate in certificate chain',
  });
  expect(judgeChain([authority], [], now)).toEqual({ code: 18, reason: 'self-signed certificate' });
  expect(judgeChain([leaf], [authority], leaf.notBeforeMs - 1000)).toMatchObject({ code: 9 });
  expect(judgeChain([leaf], [authority], leaf.notAfterMs + 1000)).toMatchObject({ code: 10 });
});

test('who is no authority signs for nobody', () => {
  const modulus = Uint8Array.from(leaf.publicKey.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  const { notBeforeMs, notAfterMs, subject } = leaf;
  const issuer = { subject, modulus };
  const serial = Uint8Array.of(1);
  const names = { subject: [['CN', 'somebody important']], keyInfo: publicKeyInfo(modulus) } as const;
  const forged = readCertificate(writeCertificate({ ...names, issuer, serial, notBeforeMs, notAfterMs }));
  expect(isSigned(forged, leaf)).toBe(true);
  expect(judgeChain([forged, leaf], [authority], now)).toEqual({ code: 79, reason: 'invalid CA certificate' });
});

test('keys and what they belong to', () => {
  expect(readKeyPair(LEAF, LEAF_KEY)).toMatchObject({ chain: [{ subject: [['CN', 'leaf.example']] }] });
  expect(readKeyPair(CURVE, CURVE_KEY)).toMatchObject({ chain: [{ keyType: 'EC' }] });
  expect(readKeyPair(LEAF, CURVE_KEY)).toBe('mismatch');
  expect(readKeyPair('nonsense', LEAF_KEY)).toBe('no certificate');
  expect(readKeyPair(LEAF, 'nonsense')).toBe('no key');
  expect(readKeyPair(LEAF.replace(/M/g, 'N'), LEAF_KEY)).toBe('no certificate');
});
